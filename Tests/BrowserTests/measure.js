// How bright a colour is (WCAG 2.2, relative luminance), what lies behind an element, and how far
// two colours are apart.
const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length;
const luminance = (rgb) => {
  const [r, g, b] = rgb.map((v) => v / 255)
    .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};
const parse = (text) => text.match(/[\d.]+/g).map(Number);
const ground = (e) => {
  for (; e; e = e.parentElement) {
    const colour = parse(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour.slice(0, 3);
  }
  return [255, 255, 255];
};
const apart = (one, other) => {
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a + .05) / (b + .05);
};

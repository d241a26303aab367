// What has the focus, and what is wrong with how that is seen (WCAG 2.2, 2.4.7, 2.4.11, 1.4.11).
const [least] = arguments;
const e = document.activeElement;
if (e === document.body) return ["body", []];
const problems = [];
const style = getComputedStyle(e);
if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) problems.push("no ring");
const found = apart(parse(style.outlineColor), ground(e.parentElement));
if (found < least) problems.push(`the ring's contrast is ${found.toFixed(2)}`);
const box = e.getBoundingClientRect();
if (box.top < 0 || box.bottom > innerHeight + 1) problems.push("out of sight");
return [e.id || e.outerHTML.slice(0, 60), problems];

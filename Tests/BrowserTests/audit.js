// Names, targets, contrast, ids and overflow, as a person without sight, with a trembling hand, or
// with an old screen meets them. Answers with what is wrong.
const [target, contrast, large] = arguments;
const problems = [];
const name = (e) => (e.getAttribute("aria-label")
  || [...(e.labels ?? [])].map((label) => label.textContent).join(" ")
  || (e.matches("button, a, summary") ? e.textContent : "") || "").trim();
for (const e of document.querySelectorAll("button, a, input, select, textarea")) {
  if (!visible(e)) continue;
  if (!name(e)) problems.push(`no name: ${e.outerHTML.slice(0, 90)}`);
  const box = (e.matches("input[type=radio]") ? e.closest("label") : e).getBoundingClientRect();
  if (box.height < target - .5 || box.width < target - .5) {
    problems.push(`small: ${name(e)} ${box.width} x ${box.height}`);
  }
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; node = walker.nextNode();) {
  const e = node.parentElement;
  if (!node.data.trim() || !visible(e) || e.matches("script, option")) continue;
  // What is only read aloud has no contrast.
  if (e.closest("[inert], :disabled, .unseen")) continue;
  const style = getComputedStyle(e);
  const size = parseFloat(style.fontSize);
  const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? large : contrast;
  const found = apart(parse(style.color), ground(e));
  if (found < least) {
    problems.push(`contrast ${found.toFixed(2)}: ${node.data.trim().slice(0, 40)}`);
  }
}
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) problems.push(`id twice: ${id}`);
if (document.documentElement.scrollWidth > innerWidth + 1) {
  problems.push(`runs out of the page: ${document.documentElement.scrollWidth} in ${innerWidth}`);
}
for (const e of document.querySelectorAll("[data-say]")) {
  if (!e.textContent.trim()) problems.push(`no words: ${e.dataset.say}`);
}
for (const e of document.querySelectorAll("img, nav, section, dialog[open], [role=radiogroup]")) {
  if (!visible(e)) continue;
  const by = document.getElementById(e.getAttribute("aria-labelledby"));
  const heading = e.matches("section") && e.querySelector("h2");
  if (!(e.alt || e.ariaLabel || (by ?? heading)?.textContent)) {
    problems.push(`no name: ${e.outerHTML.slice(0, 90)}`);
  }
}
// One heading of the first level, and none further down without one above it.
const levels = [...document.querySelectorAll("h1, h2, h3")].filter(visible)
  .map((e) => Number(e.tagName[1]));
if (levels.filter((level) => level === 1).length !== 1 || levels[0] !== 1) {
  problems.push(`headings: ${levels}`);
}
if (levels.some((level, i) => i && level > levels[i - 1] + 1)) problems.push(`headings: ${levels}`);
for (const e of document.querySelectorAll("*")) {
  const { animationName, transitionDuration } = getComputedStyle(e);
  if (animationName !== "none" || parseFloat(transitionDuration) > 0) {
    problems.push(`moves: ${e.outerHTML.slice(0, 90)}`);
  }
}
if (!document.documentElement.lang) problems.push("no language");
return problems;

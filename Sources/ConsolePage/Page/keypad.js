// The amount: typed from right to left in minor units, item by item, and the change to give.

import { money, percent, say } from "./words.js";

// Digits of one item: twelve are above every limit that a policy sets, and exact as a Number.
const MAXIMUM_DIGITS = 12;

const keys = [
  ["7", "7"], ["8", "8"], ["9", "9"], ["⌫", "Backspace"],
  ["4", "4"], ["5", "5"], ["6", "6"], ["+", "+"],
  ["1", "1"], ["2", "2"], ["3", "3"], ["C", "Delete", "Del"],
  ["0", "0"], ["00", null],
];

const amount = document.getElementById("amount");
const list = document.getElementById("items");
const given = document.getElementById("given");
const change = document.getElementById("change");

const rateRow = document.getElementById("rates");

let digits = "";
// What each item comes to, and by which of the shop's rates it is taxed; null where there are none.
let items = [];
let rates = [];
let rate = null;
let unit = { currency: "", decimals: 2 };

const value = () => Number(digits || "0");

// What is charged: the items, and what is being typed.
export const total = () => items.reduce((sum, item) => sum + item.value, value());

// The value-added tax of what is charged, a line for each rate; none where the shop named no rates.
export function vat() {
  const typed = value() > 0 ? [...items, { value: value(), rate }] : items;
  return rates.map(({ code, rate: points }) => ({
    code,
    rate: points,
    gross: typed.filter((item) => item.rate === code).reduce((sum, item) => sum + item.value, 0),
  })).filter((line) => line.gross > 0);
}

export function clear() {
  digits = "";
  items = [];
  rate = rates[0]?.code ?? null;
  given.value = "";
  show();
}

// Takes a key's name; answers whether it was one of the pad's.
export function press(key) {
  if (/^[0-9]$/.test(key) || key === "00") {
    digits = (digits + key).replace(/^0+/, "").slice(0, MAXIMUM_DIGITS);
  } else if (key === "Backspace") {
    // Nothing typed: the last item comes back to be mended.
    if (digits) digits = digits.slice(0, -1);
    else {
      const last = items.pop();
      digits = String(last?.value ?? "");
      if (last) rate = last.rate;
    }
  } else if (key === "+") {
    if (value() > 0) items.push({ value: value(), rate });
    digits = "";
  } else if (rates.some(({ code }) => code === key.toUpperCase())) {
    rate = key.toUpperCase();
  } else if (key === "Delete") {
    clear();
  } else {
    return false;
  }
  show();
  return true;
}

const written = (minorUnits) => money(minorUnits, unit.currency, unit.decimals);

// What somebody typed with a decimal mark, in minor units; null where it is no amount.
export function parse(text, decimals = unit.decimals) {
  const match = text.trim().replace(",", ".").match(/^(\d{1,10})(?:\.(\d*))?$/);
  if (!match || (match[2] ?? "").length > decimals) return null;
  return Number(match[1] + (match[2] ?? "").padEnd(decimals, "0"));
}

export function show() {
  amount.textContent = written(total());
  list.hidden = items.length === 0;
  list.replaceChildren(...items.map((item) => {
    const line = document.createElement("li");
    line.textContent = written(item.value) + (item.rate ? ` ${item.rate}` : "");
    return line;
  }));
  for (const button of rateRow.children) {
    button.setAttribute("aria-pressed", String(button.dataset.key === rate));
  }
  tell();
}

function tell() {
  const paid = parse(given.value);
  const due = document.body.dataset.due ? Number(document.body.dataset.due) : total();
  if (paid === null || due === 0) change.textContent = "";
  else if (paid < due) change.textContent = say("stillDue", written(due - paid));
  else change.textContent = `${say("change")}: ${written(paid - due)}`;
}

// Lays the keys out; `press` is called for each with the name that the keyboard has for it.
export function lay(currency, decimals, named, pressed) {
  unit = { currency, decimals };
  rates = named;
  if (!rates.some(({ code }) => code === rate)) rate = rates[0]?.code ?? null;
  rateRow.hidden = rates.length === 0;
  rateRow.setAttribute("aria-label", say("vat"));
  rateRow.replaceChildren(...rates.map(({ code, rate: points }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${code} ${percent(points)}`;
    button.dataset.key = code;
    button.onclick = () => pressed(code);
    return button;
  }));
  document.getElementById("digits").replaceChildren(...keys.map(([face, key, printed]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = face;
    button.dataset.key = key ?? face;
    // What the keyboard calls it, where its face does not say so.
    if (printed) {
      button.append(Object.assign(document.createElement("kbd"), { textContent: printed }));
    }
    const words = { Backspace: "erase", "+": "add", Delete: "clear" }[key];
    if (words) button.setAttribute("aria-label", say(words));
    button.onclick = () => pressed(key ?? face);
    return button;
  }));
  given.oninput = tell;
  // Enter counts the change again; a form that is sent would leave the page.
  given.form.onsubmit = (event) => {
    event.preventDefault();
    tell();
  };
  show();
}

// The open period (X), its close (Z), and the cash drawer.

import { question } from "./dialog.js";
import { parse } from "./keypad.js";
import { print, vouch } from "./payments.js";
import { ask } from "./terminal.js";
import { clock, money, percent, plain, refuse, say } from "./words.js";

const float = document.getElementById("float");
const counted = document.getElementById("counted");
const difference = document.getElementById("difference");
const note = document.getElementById("shift-problem");

let session;
let period;

// Value-added tax by rate; a second line is what was given back.
function taxes(vat) {
  if (!vat.length) return [];
  const element = document.createElement("table");
  element.className = "vat";
  const head = element.createTHead().insertRow();
  for (const words of ["vat", "gross", "net", "tax"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = say(words);
    head.append(cell);
  }
  const body = element.createTBody();
  const add = (words, sum) => {
    const row = body.insertRow();
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = words;
    row.append(name);
    for (const part of ["gross", "net", "tax"]) row.insertCell().textContent = written(sum[part]);
  };
  for (const { captured, givenBack } of vat) {
    const name = `${captured.code} ${percent(captured.rate)}`;
    add(name, captured);
    if (givenBack.gross.minorUnits > 0) add(`${name} · ${say("givenBack")}`, givenBack);
  }
  return [element];
}

// The period's totals as a table, one line for each kind of thing that happened in it.
function table({ totals, markedPaid, vat, tips }) {
  const gifts = tips.map(({ captured, givenBack }) => {
    const line = document.createElement("p");
    line.className = "tips";
    line.textContent = [
      `${say("tip")}: ${captured.count} · ${written(captured.amount)}`,
      givenBack.count > 0
        && `${say("givenBack")}: ${givenBack.count} · ${written(givenBack.amount)}`,
    ].filter(Boolean).join(" · ");
    return line;
  });
  const apart = markedPaid.map((sum) => {
    const line = document.createElement("p");
    line.className = "marked";
    line.textContent = `${say("markedPaid")}: ${sum.count} · `
      + money(sum.amount.minorUnits, sum.amount.currency, session.decimals);
    return line;
  });
  if (!totals.length) {
    const nothing = document.createElement("p");
    nothing.textContent = say("nothing");
    return [nothing, ...apart, ...gifts, ...taxes(vat)];
  }
  return [...totals.map((line) => {
    const currency = line.captures.amount.currency;
    const own = (sum) => money(sum.amount.minorUnits, currency, session.decimals);
    const back = [
      ["cancellations", line.cancellations], ["reversals", line.reversals],
      ["storedValue", line.refundsToStoredValue], ["voucher", line.refundsByVoucher],
      ["cash", line.refundsOutside],
    ];
    const left = back.reduce(
      (sum, [, part]) => sum - part.amount.minorUnits, line.captures.amount.minorUnits);
    const rows = [
      ["approvals", line.captures.count, own(line.captures)],
      ...back.filter(([, part]) => part.count > 0).map(
        ([words, part]) => [words, part.count, own(part)]),
      ["total", "", money(left, currency, session.decimals)],
    ];
    const element = document.createElement("table");
    for (const [words, count, sum] of rows) {
      const row = element.insertRow();
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = say(words);
      row.append(head);
      row.insertCell().textContent = count;
      row.insertCell().textContent = sum;
    }
    return element;
  }), ...apart, ...gifts, ...taxes(vat)];
}

const written = (sum) => money(sum.minorUnits, sum.currency, session.decimals);

// What was said of the drawer, as the terminal keeps it. Until it was counted nothing is told of
// what should be in it.
function told(drawer) {
  if (!drawer) return "";
  const { counted, counts, balance } = drawer;
  return [
    `${say("float")}: ${written(drawer.float)}`,
    counted && `${say("counted")}: ${written(counted)}${counts > 1 ? ` (${counts}×)` : ""}`,
    counted && say(balance, written(drawer.difference)),
  ].filter(Boolean).join(" · ");
}

function tell() {
  difference.textContent = told(period.drawer);
  // A float is fixed once the drawer was counted.
  float.disabled = document.querySelector("#opening button").disabled =
    (period.drawer?.counts ?? 0) > 0;
}

// Keeps the float or the count at the terminal, which another tab and the next start find again.
async function keep(submitted, field, name) {
  submitted.preventDefault();
  const minorUnits = parse(field.value);
  if (!period || minorUnits === null) {
    field.setAttribute("aria-invalid", "true");
    return field.focus();
  }
  field.removeAttribute("aria-invalid");
  try {
    period = await ask("POST", "/v1/periods/open/drawer", {
      number: period.number, [name]: plain(minorUnits, session.decimals),
    });
    field.value = "";
    note.textContent = "";
    tell();
  } catch (refusal) {
    await load();
    refuse(note, refusal);
  }
}

export async function load() {
  try {
    period = await ask("GET", "/v1/periods/open");
    document.querySelector("#x .totals").replaceChildren(...table(period));
    document.querySelector("#x .day").textContent = day(period);
    note.textContent = "";
    tell();
    if (document.getElementById("z").hidden) await look(period.number - 1);
  } catch (refusal) {
    refuse(note, refusal);
  }
}

// Which business day, and whether the close was forgotten.
const day = (one) => [
  say("businessDay", one.businessDate), one.businessDays > 1 && say("businessDays", one.businessDays),
].filter(Boolean).join(" · ");

// Shows a period that was closed, as it was signed; there is none before the first.
async function look(number) {
  if (number >= 1) showClosed(await ask("GET", `/v1/periods/${number}`));
}

function showClosed(closed) {
  const section = document.getElementById("z");
  section.hidden = false;
  const earlier = document.getElementById("earlier");
  earlier.hidden = closed.number <= 1;
  earlier.onclick = () => look(closed.number - 1).catch((refusal) => refuse(note, refusal));
  section.querySelector(".drawer").textContent = told(closed.drawer);
  section.querySelector("h2").textContent =
    `${say("period", closed.number)} · ${clock(closed.closedAt)}`;
  section.querySelector(".day").textContent = day(closed);
  section.querySelector(".totals").replaceChildren(...table(closed));
  section.querySelector(".checkpoint").textContent = closed.checkpoint ?? "";
}

async function close() {
  if (!period) return;
  const number = period.number;
  const closed = await question({
    heading: say("closeAsk"), words: say("period", number),
    act: async () => {
      try {
        return await ask("POST", "/v1/periods", { number });
      } catch (refusal) {
        // Closed in another tab meanwhile, or before an answer that was lost.
        if (refusal.reason === "period-otherwise") return ask("GET", `/v1/periods/${number}`);
        if (refusal.reason !== "supervisor-needed") throw refusal;
        return { vouchedFor: true };
      }
    },
  });
  const made = closed?.vouchedFor
    ? await vouch((grant) => ask("POST", "/v1/periods", { number }, grant)) : closed;
  if (made?.number) showClosed(made);
  await load();
}

export function begin(who) {
  session = who;
  document.getElementById("z").hidden = true;
  document.getElementById("opening").onsubmit = (event) => keep(event, float, "float");
  document.getElementById("counting").onsubmit = (event) => keep(event, counted, "counted");
  // What another tab has said meanwhile.
  window.onfocus = () => { if (!document.getElementById("view-shift").hidden) load(); };
  document.getElementById("close").onclick = close;
  document.getElementById("print").onclick = () => print(document.getElementById("z"));
}

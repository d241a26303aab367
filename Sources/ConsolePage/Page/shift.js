// The open period (X), its close (Z), and the cash drawer beside it.

import { question } from "./dialog.js";
import { parse } from "./keypad.js";
import { print, vouch } from "./payments.js";
import { ask } from "./terminal.js";
import { clock, money, refuse, say } from "./words.js";

const float = document.getElementById("float");
const counted = document.getElementById("counted");
const difference = document.getElementById("difference");
const note = document.getElementById("shift-problem");

let session;
let period;

const written = (minorUnits) => money(minorUnits, session.currency, session.decimals);

// The period's totals as a table, one line for each kind of thing that happened in it.
function table(totals) {
  if (!totals.length) {
    const nothing = document.createElement("p");
    nothing.textContent = say("nothing");
    return [nothing];
  }
  return totals.map((line) => {
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
  });
}

// Whether the drawer holds what it should: the float, less what was given back in cash. Till itself
// takes no cash. Empty while nothing was counted.
function gap(drawer, totals) {
  const at = parse(drawer.float ?? "") ?? 0;
  const now = parse(drawer.counted ?? "");
  if (now === null) return "";
  const out = totals.find((line) => line.captures.amount.currency === session.currency)
    ?.refundsOutside.amount.minorUnits ?? 0;
  const over = now - (at - out);
  return over === 0 ? say("exact") : say(over > 0 ? "over" : "short", written(Math.abs(over)));
}

function tell() {
  const drawer = { float: float.value, counted: counted.value };
  difference.textContent = period ? gap(drawer, period.totals) : "";
}

// The drawer is the page's own business: the terminal knows of no cash, and signs none.
const place = (number) => `till-drawer-${session.terminal}-${number}`;
const drawerOf = (number) => JSON.parse(localStorage.getItem(place(number)) ?? "{}");

function keep() {
  if (!period) return;
  localStorage.setItem(
    place(period.number), JSON.stringify({ float: float.value, counted: counted.value }));
  tell();
}

export async function load() {
  try {
    period = await ask("GET", "/v1/periods/open");
    document.querySelector("#x .totals").replaceChildren(...table(period.totals));
    const drawer = drawerOf(period.number);
    float.value = drawer.float ?? "";
    counted.value = drawer.counted ?? "";
    note.textContent = "";
    tell();
    if (document.getElementById("z").hidden) await look(period.number - 1);
  } catch (refusal) {
    refuse(note, refusal);
  }
}

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
  const drawer = drawerOf(closed.number);
  section.querySelector(".drawer").textContent = [
    drawer.float && `${say("float")}: ${drawer.float}`,
    drawer.counted && `${say("counted")}: ${drawer.counted}`, gap(drawer, closed.totals),
  ].filter(Boolean).join(" · ");
  section.querySelector("h2").textContent =
    `${say("period", closed.number)} · ${clock(closed.closedAt)}`;
  section.querySelector(".totals").replaceChildren(...table(closed.totals));
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
  float.oninput = counted.oninput = keep;
  document.getElementById("close").onclick = close;
  document.getElementById("print").onclick = () => print(document.getElementById("z"));
}

// The open period (X), its close (Z), and the cash drawer beside it.

import { question } from "./dialog.js";
import { parse } from "./keypad.js";
import { print } from "./payments.js";
import { ask } from "./terminal.js";
import { clock, money, say } from "./words.js";

const float = document.getElementById("float");
const counted = document.getElementById("counted");
const difference = document.getElementById("difference");
const note = document.getElementById("shift-problem");

let session;
let vouch;
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

// What the drawer should hold of the float: Till takes no cash, and gives some back.
function tell() {
  const at = parse(float.value) ?? 0;
  const now = parse(counted.value);
  const out = period?.totals.find((line) => line.captures.amount.currency === session.currency)
    ?.refundsOutside.amount.minorUnits ?? 0;
  if (now === null) {
    difference.textContent = "";
    return;
  }
  const gap = now - (at - out);
  difference.textContent =
    gap === 0 ? say("exact") : say(gap > 0 ? "over" : "short", written(Math.abs(gap)));
}

const kept = () => `till-drawer-${session.terminal}-${period.number}`;

function keep() {
  localStorage.setItem(kept(), JSON.stringify({ float: float.value, counted: counted.value }));
  tell();
}

export async function load() {
  try {
    period = await ask("GET", "/v1/periods/open");
    document.querySelector("#x .totals").replaceChildren(...table(period.totals));
    const drawer = JSON.parse(localStorage.getItem(kept()) ?? "{}");
    float.value = drawer.float ?? "";
    counted.value = drawer.counted ?? "";
    note.textContent = "";
    tell();
  } catch (refusal) {
    note.textContent = refusal.message || say("noDaemon");
  }
}

function showClosed(closed) {
  const section = document.getElementById("z");
  section.hidden = false;
  section.querySelector("h2").textContent =
    `${say("period", closed.number)} · ${clock(closed.closedAt)}`;
  section.querySelector(".totals").replaceChildren(...table(closed.totals));
  section.querySelector(".checkpoint").textContent = closed.checkpoint ?? "";
}

async function close() {
  const number = period.number;
  const closed = await question({
    heading: say("closeAsk"), words: say("period", number),
    act: async () => {
      // Closed in another tab meanwhile: what is shown is no longer what would be closed.
      const open = await ask("GET", "/v1/periods/open");
      if (open.number !== number) return load();
      try {
        return await ask("POST", "/v1/periods");
      } catch (refusal) {
        if (refusal.reason !== "supervisor-needed") throw refusal;
        return { vouchedFor: true };
      }
    },
  });
  const made = closed?.vouchedFor
    ? await vouch((grant) => ask("POST", "/v1/periods", undefined, grant)) : closed;
  if (made?.number) showClosed(made);
  await load();
}

export function begin(who, vouchWith) {
  session = who;
  vouch = vouchWith;
  float.oninput = counted.oninput = keep;
  document.getElementById("close").onclick = close;
  document.getElementById("print").onclick = () => print(document.getElementById("z"));
}

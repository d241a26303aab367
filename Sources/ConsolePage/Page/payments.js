// What was approved, declined and undone; why; and how it is given back.

import { question } from "./dialog.js";
import { parse } from "./keypad.js";
import { ask } from "./terminal.js";
import { clock, money, phrase, plain, say } from "./words.js";

// Entries that are read at once: a busy hour.
const PAGE = 200;

const list = document.getElementById("list");
const search = document.getElementById("search");
const note = document.getElementById("list-problem");
const older = document.getElementById("older");

let entries = [];
let session;
let vouch;

const undoings = ["refund", "cancellation", "reversal"];
const shown = { capture: "✓", decline: "✕", refund: "↩", cancellation: "⊘", reversal: "⊘" };

const written = (amount) => amount ? money(amount.minorUnits, amount.currency, session.decimals) : "";

function title(entry) {
  switch (entry.kind) {
    case "capture": return say("approved");
    case "decline": return phrase(entry.reason) ?? say("declined");
    case "refund": return say("refund");
    case "period-closed": return say("period", entry.period);
    default: return say("undone");
  }
}

function matches(entry) {
  const kind = document.querySelector("input[name=kind]:checked").value;
  if (!shown[entry.kind]) return false;
  if (kind === "undo" ? !undoings.includes(entry.kind) : kind !== "all" && entry.kind !== kind) {
    return false;
  }
  const wanted = search.value.trim().toLowerCase();
  const text = [
    entry.receipt, entry.sale, entry.voucher, entry.reason, title(entry), written(entry.amount),
    entry.amount?.amount, clock(entry.at), entry.operatedBy?.name,
  ].join(" ").toLowerCase();
  return wanted.split(/\s+/).every((word) => text.includes(word));
}

function line(entry) {
  const item = document.createElement("li");
  item.className = entry.kind;
  const head = document.createElement("button");
  head.type = "button";
  head.className = "entry";
  head.setAttribute("aria-expanded", "false");
  const cells = [
    ["sign", shown[entry.kind]], ["title", title(entry)], ["figure", written(entry.amount)],
    ["receipt", entry.receipt ? say("receipt", entry.receipt) : ""], ["at", clock(entry.at)],
    ["hub", say(entry.acknowledged ? "acknowledged" : "waitsForHub")],
  ];
  for (const [name, text] of cells) {
    const cell = document.createElement("span");
    cell.className = name;
    cell.textContent = text;
    if (name === "sign") cell.setAttribute("aria-hidden", "true");
    head.append(cell);
  }
  const more = document.createElement("div");
  more.hidden = true;
  head.onclick = () => {
    more.hidden = !more.hidden;
    head.setAttribute("aria-expanded", String(!more.hidden));
    if (!more.hidden) open(entry, more);
  };
  item.append(head, more);
  return item;
}

function paragraph(text, name) {
  const element = document.createElement(name ?? "p");
  element.textContent = text;
  return element;
}

function button(words, act) {
  const element = paragraph(words, "button");
  element.type = "button";
  element.onclick = act;
  return element;
}

// What an entry says of itself: why it was decided so, its receipt, and what can be done.
async function open(entry, place) {
  place.replaceChildren();
  if (entry.operatedBy) place.append(paragraph(entry.operatedBy.name));
  try {
    if (entry.kind === "capture") {
      const payment = await ask("GET", `/v1/receipts/${entry.receipt}`);
      const receipt = paragraph((payment.receiptText ?? []).join("\n"), "pre");
      place.append(receipt);
      const row = document.createElement("div");
      row.className = "row";
      if (payment.refundable.minorUnits > 0) {
        row.append(button(say("refund"), () => refund(payment)));
        if (["complete", "unclear"].includes(payment.standing)) {
          row.append(button(say("cancelPayment"), () => cancel(payment)));
        }
      }
      row.append(button(say("print"), () => print(receipt)));
      place.append(row);
    }
    if (["capture", "decline"].includes(entry.kind)) {
      const told = await ask("GET", `/v1/decisions?sequence=${entry.sequence}`);
      place.append(paragraph(say("why"), "h3"), paragraph(told.message));
      if (told.facts?.length) place.append(paragraph(told.facts.join(", ")));
    }
  } catch (refusal) {
    place.append(paragraph(refusal.message || say("noDaemon")));
  }
}

// Prints one element: everything else is hidden while the browser prints (console.css).
export function print(element) {
  element.classList.add("printed");
  window.print();
  element.classList.remove("printed");
}

// Sends an order that gives money back; where it needs a supervisor, asks one and sends it again
// with the same key, so that it is done once however often it is sent.
async function give(path, order) {
  try {
    return await ask("POST", path, order);
  } catch (refusal) {
    if (refusal.reason !== "supervisor-needed") throw refusal;
    return { vouchedFor: () => vouch((grant) => ask("POST", path, order, grant)) };
  }
}

async function done(answer) {
  // A dialog cannot ask within a dialog: the supervisor's comes after.
  const made = answer?.vouchedFor ? await answer.vouchedFor() : answer;
  if (!made) return;
  note.textContent = made.message;
  await load();
  if (made.code) {
    await question({
      heading: say("voucher"), words: made.code, act: async () => null,
    });
  }
}

const key = () => crypto.randomUUID();

async function refund(payment) {
  const once = key();
  const { currency, minorUnits } = payment.refundable;
  await done(await question({
    heading: `${say("refund")}: ${say("receipt", payment.receipt)}`,
    words: written(payment.amount),
    inputs: [
      {
        name: "amount", label: `${say("amount")} (${currency})`, inputmode: "decimal",
        value: plain(minorUnits, session.decimals), required: true,
      },
      {
        name: "to", label: say("way"), options: [
          ["", say("usual")], ["stored-value", say("storedValue")], ["voucher", say("voucher")],
          ["cash", say("cash")],
        ],
      },
      { name: "reason", label: say("reason"), max: 100 },
    ],
    act: ({ amount, to, reason }) => {
      const part = parse(amount, session.decimals);
      return give(`/v1/receipts/${payment.receipt}/refund`, {
        amount: part === null ? amount : plain(part, session.decimals), key: once,
        ...(to && { to }), ...(reason && { reason }),
      });
    },
  }));
}

async function cancel(payment) {
  const once = key();
  await done(await question({
    heading: `${say("cancelPayment")}: ${say("receipt", payment.receipt)}`,
    words: written(payment.amount),
    inputs: [{ name: "reason", label: say("reason"), max: 100 }],
    act: ({ reason }) => give(`/v1/receipts/${payment.receipt}/cancel`, {
      key: once, ...(reason && { reason }),
    }),
  }));
}

function show() {
  const found = entries.filter(matches);
  list.replaceChildren(...found.map(line));
  if (!found.length) list.append(paragraph(say("nothing"), "li"));
  older.hidden = !entries.length || entries.at(-1).sequence <= 1;
}

// Reads entries before `end` (an entry's place), newest first.
async function read(end) {
  const after = Math.max(0, end - 1 - PAGE);
  const page = await ask("GET", `/v1/journal?after=${after}&limit=${Math.min(PAGE, end - 1 - after)}`);
  return page.reverse();
}

export async function load() {
  try {
    const status = await ask("GET", "/v1/status");
    entries = status.lastSequence ? await read(status.lastSequence + 1) : [];
    show();
  } catch (refusal) {
    note.textContent = refusal.message || say("noDaemon");
  }
}

// `vouchWith(send)` asks a supervisor, and sends with the word that the terminal gave for it.
export function begin(who, vouchWith) {
  session = who;
  vouch = vouchWith;
  search.oninput = show;
  document.getElementById("finder").onsubmit = (event) => event.preventDefault();
  for (const choice of document.querySelectorAll("input[name=kind]")) choice.onchange = show;
  older.onclick = async () => {
    try {
      entries = entries.concat(await read(entries.at(-1).sequence));
      show();
    } catch (refusal) {
      note.textContent = refusal.message || say("noDaemon");
    }
  };
  document.getElementById("sync").onclick = async () => {
    note.textContent = "…";
    try {
      const report = await ask("POST", "/v1/sync");
      note.textContent = [
        report.message ?? say("synced", report.entries),
        ...report.quarantined.map((entry) => `⚠ ${entry}`),
      ].join(" ");
      await load();
    } catch (refusal) {
      note.textContent = refusal.message || say("noDaemon");
    }
  };
}

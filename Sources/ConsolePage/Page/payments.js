// What was approved, declined and undone; why; and how it is given back, by whom.

import { question } from "./dialog.js";
import { parse } from "./keypad.js";
import { ask } from "./terminal.js";
import { clock, money, phrase, plain, quoted, refuse, say } from "./words.js";

// Entries that are read at once: a busy hour.
const PAGE = 200;
// Pages that are read unasked, so that a shift is searched whole: a busy day.
const PAGES = 10;

const list = document.getElementById("list");
const search = document.getElementById("search");
const note = document.getElementById("list-problem");
const older = document.getElementById("older");

let entries = [];
// Where the open shift begins.
let shiftBegins = 1;
// The place of the entry that was opened last: it stays open when the list is read again.
let opened;
let session;

const undoings = ["refund", "cancellation", "reversal"];
const shown = {
  capture: "✓", decline: "✕", refund: "↩", cancellation: "⊘", reversal: "⊘", "marked-paid": "✎",
};

const written = (amount) => amount ? money(amount.minorUnits, amount.currency, session.decimals) : "";

function title(entry) {
  switch (entry.kind) {
    case "capture": return say("approved");
    case "decline": return phrase(entry.reason) ?? say("declined");
    case "refund": return say("refund");
    case "marked-paid": return say("markedPaid");
    case "period-closed": return say("period", entry.period);
    default: return say("undone");
  }
}

function matches(entry) {
  const kind = document.querySelector("input[name=kind]:checked").value;
  if (!shown[entry.kind]) return false;
  if (kind === "undo" && !undoings.includes(entry.kind)) return false;
  if (["capture", "decline"].includes(kind) && entry.kind !== kind) return false;
  if (kind === "waits" && entry.acknowledged) return false;
  if (kind === "shift" && entry.sequence < shiftBegins) return false;
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
  item.dataset.sequence = entry.sequence;
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
    opened = more.hidden ? undefined : entry.sequence;
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
  element.onclick = async () => {
    try {
      await act();
    } catch (refusal) {
      refuse(note, refusal);
    }
  };
  return element;
}

// What an entry says of itself: why it was decided so, its receipt, and what can be done.
async function open(entry, place) {
  place.replaceChildren();
  if (entry.operatedBy) place.append(paragraph(entry.operatedBy.name));
  if (undoings.includes(entry.kind)) {
    const payment = entries.find((other) => other.sequence === entry.undone);
    if (payment?.receipt) place.append(paragraph(say("receipt", payment.receipt)));
    if (entry.reason) place.append(paragraph(`${say("reason")}: ${entry.reason}`));
  }
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
          row.append(button(say("cancelPayment"), () => undo(payment, "cancel")));
        }
        // Nobody was told of it: the customer has perhaps left, or paid another way.
        if (payment.standing === "unclear") {
          row.append(button(say("reverse"), () => undo(payment, "reverse")));
        }
      }
      row.append(button(say("print"), () => print(receipt)));
      place.append(row);
    }
    if (entry.reason === "unconfirmed"
      && !entries.some((other) => other.kind === "marked-paid" && other.sale === entry.sale)) {
      place.append(button(say("markPaid"), () => mark(entry)));
    }
    if (["capture", "decline"].includes(entry.kind)) {
      const told = await ask("GET", `/v1/decisions?sequence=${entry.sequence}`);
      place.append(paragraph(say("why"), "h3"), quoted(told.message));
      if (told.facts?.length) place.append(quoted(told.facts.join(", ")));
    }
  } catch (refusal) {
    refuse(place.appendChild(paragraph("")), refusal);
  }
}

// Prints one element: everything else is hidden while the browser prints (console.css).
export function print(element) {
  element.dataset.training =
    document.body.classList.contains("training") ? say("training") : "";
  element.classList.add("printed");
  window.print();
  element.classList.remove("printed");
}

// Asks a supervisor for their word, and sends with it.
export function vouch(send) {
  const others = session.staff.filter((member) => member.role !== "cashier");
  return question({
    heading: say("supervisor"),
    inputs: [
      { name: "name", label: say("whoAreYou"), options: others.map(({ name }) => [name, name]) },
      {
        name: "pin", label: say("pin"), type: "password", inputmode: "numeric", max: 12,
        required: true,
      },
    ],
    act: async (typed) => send((await ask("POST", "/console/grants", typed)).grant),
  });
}

// The key of an order that gives money back. One that got no answer keeps its key as long as the
// payment stands as it did: sent again, from whichever tab, it is done once.
const keptAt = (payment) => `till-undo-${session.terminal}-${payment.receipt}`;

function keyFor(payment, what) {
  const kept = JSON.parse(localStorage.getItem(keptAt(payment)) ?? "null");
  const { minorUnits } = payment.refundable;
  const isSame = kept?.what === what && kept.refundable === minorUnits;
  return { what, refundable: minorUnits, key: isSame ? kept.key : crypto.randomUUID() };
}

// Sends an order that gives money back; where it needs a supervisor, asks one and sends it again
// with the same key, so that it is done once however often it is sent.
async function give(payment, once, order) {
  const path = `/v1/receipts/${payment.receipt}/${once.what}`;
  const send = async (grant) => {
    localStorage.setItem(keptAt(payment), JSON.stringify(once));
    try {
      const made = await ask("POST", path, { ...order, key: once.key }, grant);
      localStorage.removeItem(keptAt(payment));
      return made;
    } catch (refusal) {
      if (!["no-daemon", "no-answer"].includes(refusal.reason)) {
        localStorage.removeItem(keptAt(payment));
      }
      throw refusal;
    }
  };
  try {
    return await send();
  } catch (refusal) {
    if (refusal.reason !== "supervisor-needed") throw refusal;
    return { vouchedFor: () => vouch(send) };
  }
}

// Shows what was given back: the customer's receipt and, of a refund voucher, its code to scan.
async function done(answer) {
  // A dialog cannot ask within a dialog: the supervisor's comes after.
  const made = answer?.vouchedFor ? await answer.vouchedFor() : answer;
  await load();
  if (!made) return;
  note.replaceChildren(quoted(made.message));
  const section = document.getElementById("made");
  section.hidden = false;
  section.querySelector(".text").textContent =
    [...made.receiptText, made.code].filter(Boolean).join("\n");
  section.querySelector(".symbol").textContent = made.halfBlocks ?? "";
  document.getElementById("print-made").onclick = () => print(section);
  section.focus();
}

// The payment as it stands now: it may have been given back in another tab since it was listed.
const renewed = async (payment) => ask("GET", `/v1/receipts/${payment.receipt}`);

async function refund(listed) {
  const payment = await renewed(listed);
  const once = keyFor(payment, "refund");
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
      return give(payment, once, {
        amount: part === null ? amount : plain(part, session.decimals),
        ...(to && { to }), ...(reason && { reason }),
      });
    },
  }));
}

// Undoes a payment as a whole: `what` is `cancel` or `reverse`.
async function undo(listed, what) {
  const payment = await renewed(listed);
  const once = keyFor(payment, what);
  const words = say(what === "cancel" ? "cancelPayment" : "reverse");
  await done(await question({
    heading: `${words}: ${say("receipt", payment.receipt)}`,
    words: written(payment.amount),
    inputs: [{ name: "reason", label: say("reason"), max: 100 }],
    act: ({ reason }) => give(payment, once, reason ? { reason } : {}),
  }));
}

// Notes that an unconfirmed sale is paid: a supervisor's word.
async function mark(entry) {
  const path = `/v1/sales/${encodeURIComponent(entry.sale)}/mark-paid`;
  const send = (grant) => ask("POST", path, {}, grant);
  const answer = await question({
    heading: say("markPaid"), words: say("markAsk", written(entry.amount)), inputs: [],
    act: async () => {
      try { return await send(); } catch (refusal) {
        if (refusal.reason !== "supervisor-needed") throw refusal;
        return { vouchedFor: () => vouch(send) };
      }
    },
  });
  if (answer?.vouchedFor) await answer.vouchedFor();
  await load();
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
    shiftBegins = (await ask("GET", "/v1/periods/open")).firstSequence;
    entries = status.lastSequence ? await read(status.lastSequence + 1) : [];
    for (let page = 1; page < PAGES && (entries.at(-1)?.sequence ?? 0) > shiftBegins; page += 1) {
      entries = entries.concat(await read(entries.at(-1).sequence));
    }
    show();
    list.querySelector(`[data-sequence="${opened}"] .entry`)?.click();
  } catch (refusal) {
    refuse(note, refusal);
  }
}

export function begin(who) {
  session = who;
  opened = undefined;
  note.textContent = "";
  document.getElementById("made").hidden = true;
  search.oninput = show;
  document.getElementById("finder").onsubmit = (event) => event.preventDefault();
  for (const choice of document.querySelectorAll("input[name=kind]")) choice.onchange = show;
  older.onclick = async () => {
    try {
      entries = entries.concat(await read(entries.at(-1).sequence));
      show();
    } catch (refusal) {
      refuse(note, refusal);
    }
  };
  document.getElementById("sync").onclick = async () => {
    note.textContent = "…";
    try {
      const report = await ask("POST", "/v1/sync");
      await load();
      note.replaceChildren(
        report.message ? quoted(report.message) : say("synced", report.entries),
        ...report.quarantined.flatMap((entry) => [" ⚠ ", quoted(entry)]));
    } catch (refusal) {
      refuse(note, refusal);
    }
  };
}

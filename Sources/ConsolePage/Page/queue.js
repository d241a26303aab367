// What waits for the hub and how old it is; what the hub has put aside, why, and what to do.

import { ask } from "./terminal.js";
import { clock, money, phrase, quoted, refuse, say, span } from "./words.js";

const waiting = document.getElementById("waiting");
const refused = document.getElementById("refused");
const sum = document.getElementById("waiting-sum");
const note = document.getElementById("queue-problem");

const kinds = {
  capture: "approved", decline: "declined", refund: "refund", cancellation: "undone",
  reversal: "undone",
};

let session;
// A slow answer never takes the place of a later question's.
let asked = 0;

function piece(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}

// One entry in words: what it is, how much, since when.
function words(entry) {
  const told = entry.kind === "period-closed" ? say("period", entry.period)
    : kinds[entry.kind] ? say(kinds[entry.kind]) : entry.detail ?? entry.kind;
  const amount = entry.amount
    ? money(entry.amount.minorUnits, entry.amount.currency, session.decimals) : "";
  const receipt = entry.receipt ? say("receipt", entry.receipt) : "";
  return [
    piece("title", told), piece("figure", amount), piece("receipt", receipt),
    piece("at", clock(entry.at)),
  ];
}

function item(sequence, ...parts) {
  const element = document.createElement("li");
  element.dataset.sequence = sequence;
  element.append(piece("number", say("entryNumber", sequence)), ...parts);
  return element;
}

function tell(queue) {
  const age = queue.oldest && (Date.now() - Date.parse(queue.oldest)) / 1000;
  sum.textContent = queue.entries === 0 ? say("nothingQueued") : [
    say("entriesWait", queue.entries), queue.payments && say("queued", queue.payments),
    age !== undefined && say("oldest", span(Math.max(0, age))),
    queue.lastSync && say("hubAnswered", clock(queue.lastSync)),
  ].filter(Boolean).join(" · ");
  note.replaceChildren(...queue.problem ? [quoted(queue.problem)] : []);
  waiting.querySelector(".entries").replaceChildren(
    ...queue.waiting.map((entry) => item(entry.sequence, ...words(entry))));
  refused.querySelector(".sum").textContent = say(
    queue.refused.length ? "refusedMeans" : "nothingRefused");
  refused.querySelector(".entries").replaceChildren(...queue.refused.map((line) => {
    const why = document.createElement("p");
    const own = phrase(line.reason);
    why.append(...own ? [own, " – "] : [], quoted(line.message));
    return item(line.sequence, ...line.entry ? words(line.entry) : [], why);
  }));
}

export async function load() {
  const mine = ++asked;
  try {
    const queue = await ask("GET", "/v1/queue");
    if (mine === asked) tell(queue);
  } catch (refusal) {
    if (mine === asked) refuse(note, refusal);
  }
}

async function send() {
  const button = document.getElementById("send");
  button.disabled = true;
  try {
    await ask("POST", "/v1/sync");
    await load();
  } catch (refusal) {
    refuse(note, refusal);
  } finally {
    button.disabled = false;
  }
}

let gone;

// How the terminal is, as a code on the customer's screen for whoever comes to mend it.
async function showHealth() {
  const told = document.getElementById("health-shown");
  try {
    const made = await ask("POST", "/v1/health-report");
    told.textContent = say(made.shown ? "healthShown" : "healthNotShown");
    clearTimeout(gone);
    gone = setTimeout(() => { told.textContent = ""; }, made.seconds * 1000 || 5000);
    note.replaceChildren();
  } catch (refusal) {
    told.textContent = "";
    refuse(note, refusal);
  }
}

export function begin(who) {
  session = who;
  document.getElementById("health").onclick = showHealth;
  document.getElementById("send").onclick = send;
}

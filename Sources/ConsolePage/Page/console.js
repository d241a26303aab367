// The page as a whole: who is logged in, which view is open, and the sale on the screen.

import * as keypad from "./keypad.js";
import * as payments from "./payments.js";
import * as queue from "./queue.js";
import * as shift from "./shift.js";
import * as sound from "./sound.js";
import * as tips from "./tip.js";
import { ask, listen, whenLoggedOut } from "./terminal.js";
import {
  clock, money, offerLanguages, phrase, plain, quoted, refuse, say, span, useZone,
} from "./words.js";

const at = (id) => document.getElementById(id);
const result = at("result");

let session;
let event = {};
let stop = () => {};
let view = "sale";
// The sale that was put away with "New sale", and how many verdicts have been heard.
let dismissed = sessionStorage.getItem("till-dismissed");
let heard = {};
// An order that got no answer is sent again under its own key: it opens one sale or none.
let pending = JSON.parse(sessionStorage.getItem("till-pending") ?? "null");

const written = (amount) => money(amount.minorUnits, amount.currency, session.decimals);

// What is not in the page's own words is written anew after another language was chosen.
function retell() {
  if (session) tellTraining();
  if (!session?.member) return;
  keypad.lay(session.currency, session.decimals, session.vatRates ?? [], pressed);
  draw();
  show(view);
}

function theme(wanted) {
  const dark = wanted ?? matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  at("dark").setAttribute("aria-pressed", String(dark));
}

// Logging in.

// Other tabs of the same browser share the session: they look again once it is another's.
const others = new BroadcastChannel("till-session");

function showEntry() {
  stop();
  // Nobody may hear the terminal yet; the customer's screen tells whether it is there.
  let wasLost = false;
  stop = listen("/display/events", () => {
    at("lost").hidden = true;
    if (wasLost) enter().catch(lose);
    wasLost = false;
  }, () => {
    wasLost = true;
    lose();
  }, lose);
  at("desk").hidden = true;
  at("entry").hidden = false;
  at("shop").textContent = session.merchant;
  at("nobody").hidden = session.staff.length > 0 || session.asksForName === true;
  const last = localStorage.getItem("till-member");
  at("staff").replaceChildren(...session.staff.map((member, index) => {
    const label = document.createElement("label");
    const choice = document.createElement("input");
    choice.type = "radio";
    choice.name = "member";
    choice.value = member.name;
    choice.checked = member.name === last || (index === 0 && !last);
    label.append(choice, Object.assign(document.createElement("span"), {
      textContent: member.name,
    }));
    return label;
  }));
  const pin = at("pin");
  pin.value = "";
  // On the network nobody is told who works here.
  if (session.asksForName) {
    const typed = Object.assign(document.createElement("input"), {
      id: "typed-name", type: "text", autocomplete: "username", maxLength: 32, required: true,
      value: last ?? "",
    });
    typed.setAttribute("aria-label", say("whoAreYou"));
    at("staff").replaceChildren(typed);
    if (!last) return typed.focus();
  }
  pin.focus();
}

async function logIn(submitted) {
  submitted.preventDefault();
  const name = document.querySelector("input[name=member]:checked, #typed-name")?.value;
  if (!name) return;
  at("login-problem").textContent = "";
  try {
    await ask("POST", "/console/login", { name, pin: at("pin").value });
    localStorage.setItem("till-member", name);
    others.postMessage("in");
    await enter();
  } catch (refusal) {
    refuse(at("login-problem"), refusal);
    at("pin").value = "";
    at("pin").focus();
  }
}

// A terminal in training says so before and after the log-in, and in the window's title.
function tellTraining() {
  const isTraining = session.training === true;
  at("training").hidden = !isTraining;
  document.body.classList.toggle("training", isTraining);
  document.title = (isTraining ? `${say("training")} · ` : "") + session.merchant;
}

async function enter() {
  session = await ask("GET", "/console/session");
  useZone(session.timeZone);
  tellTraining();
  at("lost").hidden = true;
  // A question that was begun by whoever was logged in is nobody's now.
  document.querySelector("dialog[open] [id$='-back']")?.click();
  if (!session.member) return showEntry();
  at("merchant").textContent = session.merchant;
  at("entry").hidden = true;
  at("desk").hidden = false;
  at("name").textContent = session.member.name;
  payments.begin(session);
  shift.begin(session);
  queue.begin(session);
  tips.begin(session);
  keypad.lay(session.currency, session.decimals, session.vatRates ?? [], pressed);
  stop();
  stop = listen("/console/events", tell, lose, enter);
  show("sale");
}

// What the terminal tells.

function lose() {
  at("lost").hidden = false;
  at("desk").classList.add("gone");
}

function tell(told) {
  event = told;
  // An order whose answer was lost has arrived all the same: the pad is for the next one.
  if (pending && told.sale && told.sale.reference !== pending.before && !at("charge").disabled
      && told.sale.total.minorUnits === pending.total) {
    keepPending(null);
    keypad.clear();
    at("pad-problem").textContent = "";
  }
  tips.tell(told.tip);
  // A tab that has just been opened shows nothing of a sale that was over before.
  if (!sessionStorage.getItem("till-begun")) {
    sessionStorage.setItem("till-begun", "yes");
    if (told.sale && told.sale.state !== "open") putAway(told.sale);
  }
  at("lost").hidden = true;
  at("desk").classList.remove("gone");
  draw();
}

// Offline is an ordinary state of things, and looks like one.
function strip(status) {
  const put = (id, text, icon) => {
    at(id).querySelector("dd").textContent = text;
    if (icon) at(id).querySelector("dt").textContent = icon;
  };
  if (!status) return;
  put("network", say(status.networkStatus), { online: "●", offline: "○", "captive-portal": "⚿" }[status.networkStatus] ?? "◌");
  const age = (time) => span(Math.max(0, (Date.now() - Date.parse(time)) / 1000));
  const sums = status.allowances.filter((line) => line.outstanding.minorUnits > 0)
    .map((line) => written(line.outstanding)).join(" + ");
  put("queue", status.offlinePaymentsCount === 0 ? say("nothingQueued") : [
    say("queued", status.offlinePaymentsCount), sums,
    status.oldestQueued && say("oldest", age(status.oldestQueued)),
  ].filter(Boolean).join(" · "));
  put("allowance", status.allowances.map((line) => written(line.left)).join(" · "));
  const minutes = status.exposure.minutesLeft;
  put("time", minutes === undefined ? "∞" : span(minutes * 60));
  put("trust", say("trust", span(status.trust.ageSeconds)));
  const state = { "out-of-order": "outOfOrder", "clock-suspect": "clockSuspect" }[status.state];
  const trouble = [
    status.state !== "ready" && state && say(state),
    status.state !== "ready" && status.problem && quoted(status.problem),
    ...status.unclear.map((payment) =>
      `⚠ ${say("receipt", payment.receipt)}: ${written(payment.amount)} – ${say("unclear")}`),
    status.periodDays > 1 && `${say("shift")}: ${say("businessDays", status.periodDays)}`,
    status.camera && quoted(status.camera.message),
  ].filter(Boolean);
  at("trouble").hidden = trouble.length === 0;
  at("trouble").replaceChildren(...trouble.flatMap((part) => [part, " "]));
}

const looks = {
  ready: ["", ""], open: ["◷", "waiting"], paid: ["✓", "paid"], "partly-paid": ["◐", "partlyPaid"],
  cancelled: ["⊘", "cancelled"], expired: ["⊘", "expired"], declined: ["✕", "declined"],
  part: ["◐", "approvedInPart"], unconfirmed: ["?", "unconfirmed"],
  "marked-paid": ["✎", "markedPaid"],
};

// How an open sale looks after the last verdict.
const afterVerdict = { declined: "declined", "approved-in-part": "part" };

// The sale as it is shown: the terminal's own, unless it is over and was put away.
function shownSale() {
  const sale = event.sale;
  return sale && (sale.state === "open" || sale.reference !== dismissed) ? sale : null;
}

function draw() {
  if (event.problem) {
    at("trouble").hidden = false;
    refuse(at("trouble"), { reason: event.problem.reason, message: event.problem.detail });
  } else strip(event.status);
  const sale = shownSale();
  const last = sale?.verdicts.at(-1);
  const isOpen = sale?.state === "open";
  const state = !sale ? "ready" : isOpen && afterVerdict[last?.verdict] || sale.state;
  const [sign, word] = looks[state];
  result.className = state;
  result.querySelector(".sign").textContent = sign;
  result.querySelector(".word").textContent = !sale ? say("ready")
    : state === "declined" ? phrase(last.reason) ?? say("declined") : say(word);
  const isOwed = isOpen || ["unconfirmed", "marked-paid"].includes(sale?.state);
  const figure = sale && (isOwed ? sale.due : sale.captured);
  result.querySelector(".figure").textContent = figure ? written(figure) : "";
  result.querySelector(".detail").replaceChildren(
    ...detail(sale, last, isOpen).flatMap((part, index) => index ? [" · ", part] : [part]));
  document.body.dataset.due = sale ? sale.due.minorUnits : "";
  at("typed").hidden = at("cancel").hidden = at("paid-by-app").hidden = !isOpen;
  at("next").hidden = !sale || isOpen;
  at("pad").inert = isOpen;
  const picture = at("customer");
  picture.hidden = !isOpen;
  picture.alt = say("customersScreen");
  const source = isOpen ? `/display/picture?${sale.version}` : "";
  if (picture.getAttribute("src") !== source) {
    if (source) picture.src = source;
    else picture.removeAttribute("src");
  }
  hear(sale);
  keypad.show();
}

function detail(sale, last, isOpen) {
  const parts = [];
  if (!sale) return parts;
  if (last) {
    if (last.verdict === "declined") parts.push(quoted(last.message));
    else if (last.receipt) parts.push(say("receipt", last.receipt));
    // The terminal's sentence says it too, in English.
    if (last.spent && document.documentElement.lang !== "en") parts.push(`${clock(last.spent.at)}, ${say("receipt", last.spent.receipt)}`);
  }
  if (isOpen && sale.captured.minorUnits > 0) parts.push(say("stillDue", written(sale.due)));
  if (isOpen && !last) {
    parts.push(sale.symbolProblem ? quoted(sale.symbolProblem) : say("showCode"));
  }
  return parts;
}

// A sound for each verdict that is new, and for a sale that ended without being paid; what happened
// before the page was opened is silent.
function hear(sale) {
  if (!sale) return;
  const { reference, state } = sale;
  const count = sale.verdicts.length;
  if (heard.reference === reference) {
    if (count > heard.count) sound.play(sale.verdicts.at(-1).verdict);
    else if (heard.state === "open" && state !== "open") sound.play("ended");
  }
  heard = { reference, count, state };
}

// Selling.

function keepPending(order) {
  pending = order;
  sessionStorage.setItem("till-pending", JSON.stringify(order));
}

async function charge() {
  const sum = keypad.total();
  const button = at("charge");
  if (sum === 0 || shownSale()?.state === "open" || button.disabled) return;
  at("pad-problem").textContent = "";
  const vat = keypad.vat().map((line) => ({ ...line, gross: plain(line.gross, session.decimals) }));
  button.disabled = true;
  try {
    const tip = await tips.chosen(sum);
    if (tip === null) return;
    const said = JSON.stringify([sum, vat, tip]);
    if (pending?.said !== said) {
      const before = event?.sale?.reference;
      keepPending({ said, key: crypto.randomUUID(), total: sum + tip, before });
    }
    const sale = await ask("POST", "/v1/sales", {
      amount: plain(sum, session.decimals), currency: session.currency, key: pending.key,
      ...(vat.length > 0 && { vat }), ...(tip > 0 && { tip: plain(tip, session.decimals) }),
    });
    keepPending(null);
    // An answer was lost before, and the sale that this key made is over: none was made now.
    if (sale.state !== "open") {
      keypad.clear();
      at("pad-problem").textContent = say("chargedBefore", sale.reference);
      return;
    }
    dismissed = null;
    heard = { reference: sale.reference, count: 0, state: "open" };
    keypad.clear();
    tell({ ...event, sale });
  } catch (refusal) {
    // Without an answer the same key is tried again; a refusal has made nothing. Who has to log in
    // first may have had no answer before.
    if (!["no-daemon", "no-answer", "not-logged-in"].includes(refusal.reason)) keepPending(null);
    refuse(at("pad-problem"), refusal);
  } finally {
    button.disabled = false;
  }
}

async function cancel() {
  try {
    // By its reference: a key that is pressed late does not give up the next sale.
    await ask("DELETE", `/v1/sales/current?reference=${encodeURIComponent(event.sale?.reference ?? "")}`);
  } catch (refusal) {
    refuse(result.querySelector(".problem"), refusal);
  }
}

// Asks the hub whether a scheme's wallet has paid; an answer within its budget, of the open sale alone.
async function askWhetherPaid() {
  const button = at("paid-by-app");
  if (button.hidden || button.disabled) return;
  result.querySelector(".problem").textContent = "";
  button.disabled = true;
  try {
    const reference = encodeURIComponent(event.sale?.reference ?? "");
    tell({ ...event, sale: await ask("POST", `/v1/sales/current/paid-by-app?reference=${reference}`) });
  } catch (refusal) {
    refuse(result.querySelector(".problem"), refusal);
  } finally {
    button.disabled = false;
  }
}

async function payTyped(submitted) {
  submitted.preventDefault();
  const code = at("code").value.trim();
  if (!code) return;
  result.querySelector(".problem").textContent = "";
  try {
    const sale = await ask("POST", "/v1/sales/current/codes", { code });
    at("code").value = "";
    tell({ ...event, sale });
  } catch (refusal) {
    refuse(result.querySelector(".problem"), refusal);
  }
}

function putAway(sale) {
  dismissed = sale.reference;
  sessionStorage.setItem("till-dismissed", dismissed);
}

function next() {
  if (!event.sale || event.sale.state === "open") return;
  putAway(event.sale);
  result.querySelector(".problem").textContent = "";
  draw();
  at("charge").focus();
}

// Views and keys.

function show(name) {
  view = name;
  for (const element of document.querySelectorAll(".view")) {
    element.hidden = element.id !== `view-${name}`;
  }
  for (const button of document.querySelectorAll("[data-view]")) {
    if (button.dataset.view === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  if (name === "payments") payments.load();
  if (name === "shift") shift.load();
  if (name === "queue") queue.load();
}

function pressed(key) {
  if (key === "Enter") {
    if (shownSale() && shownSale().state !== "open") next();
    else if (!shownSale()) charge();
    return true;
  }
  if (key === "Escape") {
    if (shownSale()?.state === "open") cancel();
    else if (shownSale()) next();
    else keypad.clear();
    return true;
  }
  // The next amount is begun over a sale that is over; an open one keeps the pad.
  if (shownSale()?.state === "open") return false;
  if (/^[0-9]$/.test(key) && shownSale()) next();
  return keypad.press(key);
}

function keyed(typed) {
  if (at("desk").hidden || document.querySelector("dialog[open]")) return;
  const button = document.querySelector(`nav [data-key="${typed.key}"]`);
  if (button) {
    typed.preventDefault();
    return show(button.dataset.view);
  }
  if (view !== "sale" || typed.ctrlKey || typed.altKey || typed.metaKey) return;
  const isField = typed.target.matches("input, select, textarea");
  if (typed.key === "Escape" && isField) return typed.target.blur();
  // Enter on a button is that button's own press.
  if (isField || (typed.key === "Enter" && typed.target.matches("button, a"))) return;
  if (typed.key === "F8") return at("code").focus();
  if (typed.key === "F7") {
    typed.preventDefault();
    return askWhetherPaid();
  }
  if (pressed(typed.key)) typed.preventDefault();
}

function begin() {
  offerLanguages(retell);
  const stored = localStorage.getItem("till-theme");
  theme(stored ? stored === "dark" : undefined);
  at("dark").onclick = () => {
    const dark = document.documentElement.dataset.theme !== "dark";
    localStorage.setItem("till-theme", dark ? "dark" : "light");
    theme(dark);
  };
  at("sound").setAttribute("aria-pressed", String(sound.isOn()));
  at("sound").onclick = () => {
    sound.turn(!sound.isOn());
    at("sound").setAttribute("aria-pressed", String(sound.isOn()));
  };
  at("login").onsubmit = logIn;
  at("log-out").onclick = async () => {
    await ask("POST", "/console/logout").catch(() => {});
    others.postMessage("out");
    await enter().catch(lose);
  };
  others.onmessage = () => enter().catch(lose);
  whenLoggedOut(() => enter().catch(lose));
  for (const button of document.querySelectorAll("nav [data-view]")) {
    button.onclick = () => show(button.dataset.view);
  }
  at("charge").onclick = charge;
  at("cancel").onclick = cancel;
  at("paid-by-app").onclick = askWhetherPaid;
  at("next").onclick = next;
  at("typed").onsubmit = payTyped;
  document.addEventListener("keydown", keyed);
  start();
}

// Until the terminal answers for the first time, it is asked again and again.
async function start() {
  try {
    await enter();
  } catch {
    at("lost").hidden = false;
    setTimeout(start, 1000);
  }
}

begin();

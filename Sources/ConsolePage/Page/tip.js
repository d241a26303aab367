// The tip: the customer is asked on their own screen, or the cashier types what they say.

import { parse } from "./keypad.js";
import { ask } from "./terminal.js";
import { money, percent, plain, say } from "./words.js";

const at = (id) => document.getElementById(id);
const dialog = at("tip");
const own = at("tip-own");
const note = at("tip-problem");

let session;
// The question that is open here: its number, and what is done with the answer.
let open = null;

export function begin(who) {
  session = who;
}

function done(tip) {
  if (!open) return;
  const { answer } = open;
  open = null;
  dialog.close();
  answer(tip);
}

// Takes the question back at the terminal; whatever the answer is, the page goes on.
const withdraw = () => ask("DELETE", "/console/tips").catch(() => {});

// Asks for a tip on so many minor units; null where the sale is not to be opened after all, and
// no question at all where the shop wants no tips.
export async function chosen(minorUnits) {
  if (!session.tips) return 0;
  const question = await ask("POST", "/console/tips", {
    amount: plain(minorUnits, session.decimals),
  });
  own.value = "";
  note.textContent = "";
  const choices = [{ percent: 0, tip: { ...question.amount, minorUnits: 0 } }, ...question.choices];
  at("tip-choices").replaceChildren(...choices.map((choice) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = choice.percent === 0 ? say("noTip")
      : `${percent(choice.percent * 100)} · ${
        money(choice.tip.minorUnits, choice.tip.currency, session.decimals)}`;
    button.dataset.percent = choice.percent;
    button.onclick = () => {
      withdraw();
      done(choice.tip.minorUnits);
    };
    return button;
  }));
  return new Promise((answer) => {
    open = { id: question.id, answer };
    dialog.showModal();
    own.focus();
  });
}

// What the terminal tells: the customer has chosen, or the question is over.
export function tell(question) {
  if (!open) return;
  if (question?.id === open.id && question.tip) {
    const { minorUnits } = question.tip;
    withdraw();
    done(minorUnits);
  } else if (question && question.id > open.id) {
    // Asked anew in another tab.
    done(null);
  }
}

at("tip-back").onclick = () => {
  withdraw();
  done(null);
};
dialog.oncancel = (event) => {
  event.preventDefault();
  at("tip-back").click();
};
// Nothing typed is no tip.
dialog.querySelector("form").onsubmit = (event) => {
  event.preventDefault();
  const tip = own.value.trim() === "" ? 0 : parse(own.value, session.decimals);
  if (tip === null) {
    own.setAttribute("aria-invalid", "true");
    return own.focus();
  }
  own.removeAttribute("aria-invalid");
  withdraw();
  done(tip);
};


// One question at a time, in the page's own dialog: what is typed, or null where it is put away.

import { refuse } from "./words.js";

const dialog = document.getElementById("ask");
const form = dialog.querySelector("form");
const title = document.getElementById("ask-title");
const text = document.getElementById("ask-text");
const fields = document.getElementById("ask-fields");
const problem = document.getElementById("ask-problem");
const go = document.getElementById("ask-go");

// A field: { name, label, type, value, options: [[value, words]], inputmode, required, max }.
function control(field) {
  const label = document.createElement("label");
  label.textContent = field.label;
  const input = document.createElement(field.options ? "select" : "input");
  input.id = `ask-${field.name}`;
  input.name = field.name;
  label.htmlFor = input.id;
  for (const [value, words] of field.options ?? []) input.append(new Option(words, value));
  if (!field.options) {
    input.type = field.type ?? "text";
    input.autocomplete = "off";
    if (field.inputmode) input.inputMode = field.inputmode;
    if (field.max) input.maxLength = field.max;
  }
  if (field.value !== undefined) input.value = field.value;
  input.required = field.required ?? false;
  return [label, input];
}

// Asks, and hands what was typed to `act`; where that throws, its words stay in the dialog and the
// question is asked on. Answers with what `act` answered, or null where the question was put away.
export function question({ heading, words, inputs = [], act }) {
  title.textContent = heading;
  text.textContent = words ?? "";
  fields.replaceChildren(...inputs.flatMap(control));
  problem.textContent = "";
  go.disabled = false;
  dialog.showModal();
  (fields.querySelector("input, select") ?? go).focus();
  return new Promise((resolve) => {
    const done = (answer) => {
      form.onsubmit = dialog.oncancel = document.getElementById("ask-back").onclick = null;
      if (dialog.open) dialog.close();
      resolve(answer);
    };
    form.onsubmit = async (event) => {
      event.preventDefault();
      // A second press while the first is under way asks nothing twice.
      if (go.disabled) return;
      go.disabled = true;
      problem.textContent = "";
      try {
        done(await act(Object.fromEntries(new FormData(form))));
      } catch (refusal) {
        refuse(problem, refusal);
        go.disabled = false;
      }
    };
    document.getElementById("ask-back").onclick = () => done(null);
    dialog.oncancel = (event) => {
      event.preventDefault();
      done(null);
    };
  });
}

// The customer's screen as a page: the picture that the terminal has drawn, and no stale one.
const picture = document.getElementById("picture");
const lost = document.getElementById("lost");
let shown = -1;
let alarm;

// Two events are missed before the picture goes: one that is late takes nothing away.
const SILENCE_MILLISECONDS = 6000;

function gone() {
  lost.hidden = false;
  picture.hidden = true;
  askTip(null);
  shown = -1;
}

const tips = document.getElementById("tips");
let asked = null;

// The question for a tip, on a screen that is touched: one answer, and it is gone.
function askTip(tip) {
  if (tip?.id === asked) return;
  asked = tip?.id ?? null;
  tips.hidden = !tip;
  if (!tip) return;
  tips.querySelector("h2").textContent = tip.question;
  tips.querySelector("div").replaceChildren(...tip.choices.map(({ percent, words }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.dataset.percent = percent;
    button.onclick = () => {
      tips.hidden = true;
      fetch("/display/tip", {
        method: "POST", headers: { "content-type": "application/json" },
        body: JSON.stringify({ id: tip.id, percent }),
      }).catch(() => {
        // It did not arrive: the question stands, and is shown with the next event.
        asked = null;
      });
    };
    return button;
  }));
}

const events = new EventSource("/display/events");
events.onmessage = (event) => {
  clearTimeout(alarm);
  alarm = setTimeout(gone, SILENCE_MILLISECONDS);
  lost.hidden = true;
  picture.hidden = false;
  const { version, words, tip } = JSON.parse(event.data);
  askTip(tip);
  picture.alt = words.join(". ");
  if (version === shown) return;
  shown = version;
  picture.src = `/display/picture?${version}.${Date.now()}`;
};
events.onerror = gone;
// On the network the picture wants a log-in, which a new start of the terminal forgets.
picture.onerror = async () => {
  const answer = await fetch(picture.src, { credentials: "same-origin" }).catch(() => null);
  if (answer?.status === 401) location.assign("/");
};
// The display is drawn just after the version rises: look once more.
setInterval(() => {
  if (shown >= 0) picture.src = `/display/picture?${shown}.${Date.now()}`;
}, 1000);

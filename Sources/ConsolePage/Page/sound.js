// A sound for each verdict, told apart by its rhythm and not by its pitch alone.

const STORED = "till-sound";
let context;

// [start in seconds, length, hertz]
const tunes = {
  approved: [[0, 0.09, 880], [0.12, 0.2, 1320]],
  "approved-in-part": [[0, 0.09, 880], [0.14, 0.09, 880], [0.28, 0.2, 1100]],
  declined: [[0, 0.45, 220]],
  ended: [[0, 0.07, 440]],
};

export const isOn = () => localStorage.getItem(STORED) !== "off";

export function turn(on) {
  localStorage.setItem(STORED, on ? "on" : "off");
}

// A browser without sound, or one that nobody has touched yet, stays silent: no sale waits for it.
export function play(name) {
  if (!isOn() || !tunes[name]) return;
  try {
    context ??= new AudioContext();
    for (const [start, length, hertz] of tunes[name]) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const at = context.currentTime + start;
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.25, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + length);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + length);
    }
  } catch { /* silent */ }
}

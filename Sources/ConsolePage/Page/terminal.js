// The terminal behind the page: its routes, and what it tells without being asked.

export class Refusal extends Error {
  constructor(problem, status) {
    super(problem.detail);
    this.reason = problem.reason;
    this.status = status;
  }
}

// How long an answer may take, in milliseconds: longer than the terminal's own waits for the hub.
const ANSWER_MILLISECONDS = 20000;

// Asks the terminal; throws a Refusal with its reason, or one of reason "no-daemon".
export async function ask(method, path, body, grant) {
  let response;
  try {
    response = await fetch(path, {
      method, body: body && JSON.stringify(body), credentials: "same-origin",
      headers: {
        ...(body && { "content-type": "application/json" }), ...(grant && { "till-grant": grant }),
      },
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    });
  } catch {
    throw new Refusal({ reason: "no-daemon", detail: "" }, 0);
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({ reason: "no-answer", detail: "" }));
  if (!response.ok) throw new Refusal(answer, response.status);
  return answer;
}

// Two events are missed before the terminal counts as gone.
const SILENCE_MILLISECONDS = 6000;

// Listens to the terminal. `tell(event)` for each event; `lose()` once it is gone; `refuse()` where
// it no longer knows who is logged in.
export function listen(tell, lose, refuse) {
  let alarm;
  const events = new EventSource("/console/events");
  const heard = () => {
    clearTimeout(alarm);
    alarm = setTimeout(lose, SILENCE_MILLISECONDS);
  };
  events.onmessage = (event) => {
    heard();
    tell(JSON.parse(event.data));
  };
  events.onerror = async () => {
    lose();
    if (events.readyState !== EventSource.CLOSED) return;
    // The browser gives up where the answer was no stream: find out whether it is the log-in.
    try {
      const session = await ask("GET", "/console/session");
      if (!session.member) return refuse();
    } catch { /* still gone */ }
    setTimeout(() => stop === undefined || restart(), 1000);
  };
  let stop = () => {
    clearTimeout(alarm);
    events.close();
  };
  const restart = () => {
    stop();
    stop = listen(tell, lose, refuse);
  };
  return () => {
    stop();
    stop = undefined;
  };
}

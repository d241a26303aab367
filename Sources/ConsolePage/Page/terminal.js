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

let loggedOut = () => {};

// `act()` is called where the terminal no longer knows who is logged in.
export function whenLoggedOut(act) {
  loggedOut = act;
}

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
  if (answer.reason === "not-logged-in") loggedOut();
  if (!response.ok) throw new Refusal(answer, response.status);
  return answer;
}

// Two events are missed before the terminal counts as gone.
const SILENCE_MILLISECONDS = 6000;
// After an answer that was no stream, the next try.
const AGAIN_MILLISECONDS = 1000;

// Listens to the terminal at `path`. `tell(event)` for each event; `lose()` once it is gone;
// `refuse()` where it does not know who listens. Answers with a way to stop, which may be gone twice.
export function listen(path, tell, lose, refuse) {
  let events;
  let alarm;
  let again;
  const stop = () => {
    clearTimeout(alarm);
    clearTimeout(again);
    events.close();
  };
  const begin = () => {
    events = new EventSource(path);
    events.onmessage = (event) => {
      clearTimeout(alarm);
      alarm = setTimeout(lose, SILENCE_MILLISECONDS);
      tell(JSON.parse(event.data));
    };
    events.onerror = async () => {
      lose();
      if (events.readyState !== EventSource.CLOSED) return;
      // The browser gives up where the answer was no stream: find out whether it is the log-in.
      again = setTimeout(begin, AGAIN_MILLISECONDS);
      const session = await ask("GET", "/console/session").catch(() => null);
      if (!session || session.member) return;
      stop();
      refuse();
    };
  };
  begin();
  return stop;
}

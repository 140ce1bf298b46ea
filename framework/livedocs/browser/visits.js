// What the pages of previews have under way with the app: requests and WebSockets, by number.
// The worker's side, with the messages, is visits.py.

const NOT_RUNNING = "The app is not running.";

export class Visits {
  constructor(panel) {
    this.panel = panel;
    this.open = new Map();
    this.count = 0;
  }

  // Begins a `fetch` or a `socket`; `on` has functions for messages by their types. Returns what
  // sends further messages about it.
  begin(type, request, on) {
    if (this.panel.state !== "running") {
      queueMicrotask(() => on.over({ error: NOT_RUNNING }));
      return { say() {}, abandon() {} };
    }
    const visit = (this.count += 1);
    this.open.set(visit, on);
    const send = (message) => this.open.has(visit) && this.panel.runtime.send({ visit, ...message });
    send({ type, request });
    return {
      say: (fields) => send({ type: "frame", ...fields }),
      abandon: () => {
        send({ type: "abandon" });
        this.open.delete(visit);
      },
    };
  }

  // What nobody asks for any more may still end with an error: the log tells.
  receive({ type, visit, ...message }) {
    const on = this.open.get(visit);
    if (type === "over") this.open.delete(visit);
    on?.[type]?.(message);
    if (message.error) this.panel.log.write("err", message.error);
  }

  // The app has ended, and with it all that was under way.
  end() {
    const ended = [...this.open.values()];
    this.open.clear();
    for (const on of ended) on.over({ error: NOT_RUNNING });
  }
}

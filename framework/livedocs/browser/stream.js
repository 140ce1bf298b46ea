// A response that comes event by event, until it ends or the reader stops it.

import { button, keepAtEnd, lineOf, make, pre, stateOf, verdictOf } from "./view.js";

const SHOWN = 100_000; // characters: what came before them is left out

export class StreamView {
  // `stop` disconnects from the application, as a client does that leaves.
  constructor({ label, exchange }, stop) {
    this.text = "";
    this.stopButton = button("live-stop", "Stop", () => {
      this.stopButton.disabled = true;
      stop();
    });
    this.stopButton.setAttribute("aria-label", `Stop ${label}`);
    this.state = stateOf("streaming");
    const line = lineOf(label, this.state, this.stopButton);
    this.body = pre("live-body", "");
    this.element = make("div", { className: "live-response live-stream" }, [line, this.body]);
    this.element.dataset.exchange = exchange;
  }

  // A verdict comes once the documented events are there; the stream may go on.
  add({ text, verdict }) {
    this.text = (this.text + text).slice(-SHOWN);
    keepAtEnd(this.body, () => {
      this.body.firstChild.textContent = this.text;
    });
    if (!verdict) return;
    this.element.dataset.verdict = verdict;
    this.stopButton.before(verdictOf("span", verdict));
  }

  // It ended otherwise than a response does; what came stays.
  breakOff({ error, verdict }) {
    this.state.textContent = "broken off";
    this.stopButton.remove();
    this.element.dataset.verdict ??= verdict;
    this.element.append(pre("live-err", error));
  }
}

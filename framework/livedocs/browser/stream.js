// A response that comes event by event, until it ends or the reader stops it.

import { button, make, pre, verdictOf } from "./view.js";

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
    this.state = make("span", { className: "live-code", textContent: "streaming" });
    const name = make("code", { textContent: label });
    const line = make("p", { className: "live-line" }, [name, this.state, this.stopButton]);
    this.body = pre("live-body", "");
    this.element = make("div", { className: "live-response live-stream" }, [line, this.body]);
    this.element.dataset.exchange = exchange;
  }

  // A verdict comes once the documented events are there; the stream may go on.
  add({ text, verdict }) {
    const isAtEnd = this.body.scrollTop + this.body.clientHeight >= this.body.scrollHeight - 5;
    this.text = (this.text + text).slice(-SHOWN);
    this.body.firstChild.textContent = this.text;
    if (isAtEnd) this.body.scrollTop = this.body.scrollHeight;
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

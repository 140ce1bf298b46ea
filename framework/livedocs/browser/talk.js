// What is said over WebSockets: in a documented conversation, or by the reader.

import {
  AS_TYPED, button, differencesOf, keepAtEnd, lineOf, make, pre, stateOf, timeOf, verdictOf,
} from "./view.js"; // prettier-ignore

const SHOWN = 500; // lines: those before them are left out

export class TalkView {
  constructor({ label, hint, exchange }) {
    this.hint = hint;
    this.state = stateOf("talking");
    this.line = lineOf(label, this.state);
    this.lines = make("div", { className: "live-talk", role: "log", tabIndex: 0 });
    this.lines.setAttribute("aria-label", `Messages: ${label}`);
    this.element = make("div", { className: "live-response" }, [this.line, this.lines]);
    this.element.dataset.exchange = exchange;
  }

  add(turn) {
    const { lines } = this;
    keepAtEnd(lines, () => {
      lines.append(turnView(turn));
      if (lines.children.length > SHOWN) lines.firstChild.remove();
    });
  }

  end(message) {
    this.state.textContent = message.error ? "broken off" : "ended";
    this.element.dataset.verdict = message.verdict;
    this.line.append(verdictOf("span", message.verdict), timeOf(message));
    if (message.error) this.element.append(pre("live-err", message.error));
    this.element.append(...differencesOf(message, this.hint));
  }
}

// A client of the reader's own. `say` sends a message, `connect` connects it again.
export class ClientView extends TalkView {
  constructor({ label, exchange, example = "" }, { say, connect }) {
    super({ label, exchange });
    this.say = (text) => say(this.exchange, text);
    this.connect = connect;
    this.closeButton = button("live-close", "Close", () => this.say("close 1000"));
    this.closeButton.setAttribute("aria-label", `Close ${label}`);
    this.line.append(this.closeButton);
    this.input = make("input", { type: "text", value: example, placeholder: "hello", ...AS_TYPED });
    this.input.setAttribute("aria-label", `Message of ${label}`);
    this.submit = make("button", { type: "submit" });
    this.form = make("form", { className: "live-say" }, [this.input, this.submit]);
    this.form.addEventListener("submit", (event) => this.submitted(event));
    this.element.append(this.form);
    this.element.classList.add("live-client");
    this.begin(exchange);
  }

  begin(exchange) {
    this.exchange = this.element.dataset.exchange = exchange;
    this.element.querySelector(".live-err")?.remove();
    this.change("connecting", "connecting");
  }

  // The form stays when the connection ends, so that nothing takes the focus away.
  change(phase, text) {
    this.phase = phase;
    this.state.textContent = text;
    this.submit.textContent = phase === "over" ? "Connect again" : "Send";
    this.input.readOnly = phase !== "open";
    if (phase !== "open" && this.closeButton === document.activeElement) this.submit.focus();
    this.closeButton.hidden = phase !== "open";
  }

  submitted(event) {
    event.preventDefault();
    if (this.phase === "over") this.connect();
    if (this.phase !== "open") return;
    this.say(this.input.value);
    this.input.value = "";
  }

  add(turn) {
    super.add(turn);
    const { kind, way, text } = turn;
    if (kind === "accepted") this.change("open", "open");
    if (kind === "denied") this.change("over", text.split(/\s/, 2).join(" "));
    if (kind !== "close") return;
    this.change("over", `${way === ">" ? "you left" : "the app closed"}: ${text.slice(6)}`);
  }

  end({ error }) {
    if (!error) return;
    this.change("over", "broken off");
    this.form.before(pre("live-err", error));
  }
}

// What connects a client of the reader's own; its first message is one that is documented.
export function clientRequest({ name, request, place, talk }, { steps }, number) {
  const documented = talk ?? steps.find((step) => step.talk)?.talk;
  const example = documented?.match(/^\w*> (?!close \d)(.*)$/m)?.[1];
  const label = `${name || `Client ${number}`} ${request.target}`;
  return { label, request, place, example, isTalk: true, isOwn: true };
}

// A line in words, as in “ada sent  hello”; the words are not of the message.
function turnView({ way, client, kind, text }) {
  const ended = { ">": "left", "<": "closed" };
  const said = { "+": "connected", ">": "sent", "<": "got", "!": "not sent" };
  const word = kind === "close" ? ended[way] : kind === "denied" ? "denied" : said[way];
  const rest = ["close", "denied", "accepted"].includes(kind) ? text.slice(kind.length + 1) : text;
  return make("p", { className: `live-turn live-turn-${word.replace(" ", "-")}` }, [
    make("span", { className: "live-who", textContent: `${client} ${word}`.trim() }),
    ...(rest || kind === "text" ? [make("code", { textContent: rest })] : []),
  ]);
}

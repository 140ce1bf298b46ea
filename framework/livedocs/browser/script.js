// A documented script of a page, run in a frame as a browser's own: what it logs is compared.

import { Frame } from "./frames.js";
import { button, differencesOf, lineOf, make, pre, stateOf, verdictOf } from "./view.js";
import { ORIGIN, Visitor } from "./visitor.js";

const PAGE = "<!doctype html><title>Client</title>";
const PATIENCE_MS = 5000; // for what is documented
const MORE_MS = 50; // for one line too many
const SHOWN = 500; // lines

export class Script {
  // `shown`: where it stands; `hint` says why it may differ without anybody's fault.
  constructor(previews, client, shown) {
    this.previews = previews;
    this.client = client;
    this.shown = shown;
    this.name = "JavaScript";
    this.screen = make("div", { className: "live-unseen" });
  }

  // Runs it from its beginning; the app runs.
  begin() {
    this.leave();
    this.logs = [];
    this.error = null;
    this.isSettled = false;
    this.hint = this.previews.hint();
    this.stopButton = button("live-stop", "Stop", () => this.end("Stopped."));
    this.stopButton.setAttribute("aria-label", "Stop the script");
    this.state = stateOf("running");
    const line = lineOf("console", this.state, this.stopButton);
    this.console = pre("live-body", "");
    this.element = make("div", { className: "live-response" }, [line, this.console, this.screen]);
    this.element.dataset.client = this.client.id;
    this.shown.responses.replaceChildren(this.element);
    this.visitor = new Visitor(this.previews.visits);
    const page = { html: PAGE, url: `${ORIGIN}/`, state: null, client: this.client.source };
    this.frame = new Frame(this, page);
    this.timer = setTimeout(() => this.judge(), PATIENCE_MS);
  }

  settled({ error }) {
    this.isSettled = true;
    if (error) this.note("error", error);
    this.look();
  }

  note(level, text, line) {
    if (level === "log") this.logs.push({ text, line: line ?? 0 });
    else if (level === "error") this.error ??= text;
    this.console.firstChild.append(
      make("span", { className: level === "error" ? "live-err" : "", textContent: `${text}\n` }),
    );
    if (this.console.firstChild.children.length > SHOWN) this.console.firstChild.firstChild.remove();
    this.look();
  }

  look() {
    const wanted = this.client.output.trimEnd().split("\n").length;
    const isDone = this.isSettled && this.output.split("\n").length >= wanted && this.logs.length > 0;
    if (!this.error && !isDone) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.judge(), MORE_MS);
  }

  // In the order of the lines that logged it, as the comments stand there.
  get output() {
    const logs = [...this.logs].sort((one, other) => one.line - other.line);
    return logs.map(({ text }) => text).join("\n");
  }

  // It may go on; what is documented has come, or will not.
  judge() {
    if (this.element.dataset.verdict) return;
    const expected = this.client.output.trimEnd();
    const got = this.error ? [this.output, this.error].filter(Boolean).join("\n") : this.output;
    const isSame = !this.error && matches(expected, got);
    const verdict = isSame ? "same" : "differs";
    const differences = isSame ? [] : [{ what: "output", expected, got }];
    this.element.dataset.verdict = verdict;
    this.stopButton.before(verdictOf("span", verdict));
    this.element.append(...differencesOf({ verdict, differences }, this.hint));
  }

  // Ends it: what it has under way is left.
  end(words) {
    if (!this.element || !this.frame) return;
    this.leave();
    this.state.textContent = "ended";
    this.stopButton.remove();
    this.tell(words);
  }

  leave() {
    clearTimeout(this.timer);
    this.frame?.leave();
    this.frame?.element.remove();
    this.frame = null;
  }

  clear() {
    this.end("");
    this.shown.responses.replaceChildren();
  }

  tell(text) {
    this.shown.status.textContent = text;
  }

  // A script without a page goes nowhere.
  go(url) {
    this.tell(`The script leads away, to ${url}`);
  }

  moved() {}

  travel() {}

  reload() {}
}

// As compare.py does.
function matches(expected, got) {
  const lines = (text) => text.trimEnd().replace(/[ \t]+$/gm, "");
  const parts = lines(expected).split("...").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(lines(got));
}

// What an example prints and logs.

import { make } from "./view.js";

const LIMIT = 200_000;
const FLUSH_MS = 50;

export class Log {
  constructor(label) {
    this.element = make("pre", { className: "live-log", role: "log", tabIndex: 0 });
    this.element.setAttribute("aria-label", label);
    this.clear();
  }

  clear() {
    clearTimeout(this.flushing);
    this.flushing = null;
    this.element.replaceChildren();
    this.element.hidden = true;
    this.length = 0;
    this.unshown = []; // texts that the next flush shows
  }

  // Thousands of short prints come one by one: they are shown together, a few times a second.
  write(stream, text) {
    this.length += text.length;
    if (this.length > LIMIT + 1000) return; // the runner cut it before, with a word
    const last = this.unshown.at(-1);
    if (last?.stream === stream) last.text += text;
    else this.unshown.push({ stream, text });
    this.flushing ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush() {
    clearTimeout(this.flushing);
    this.flushing = null;
    if (this.unshown.length === 0) return;
    for (const { stream, text } of this.unshown)
      this.element.append(make("span", { className: `live-text-${stream}`, textContent: text }));
    this.unshown = [];
    this.element.hidden = false;
    this.element.scrollTop = this.element.scrollHeight;
  }
}

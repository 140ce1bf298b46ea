// Pages of the app, each in a frame of its own that reaches nothing but the app.

import { toBase64 } from "./base64.js";
import { Frame } from "./frames.js";
import { Script } from "./script.js";
import { AS_TYPED, button, make } from "./view.js";
import { ORIGIN, Visitor } from "./visitor.js";
import { Visits } from "./visits.js";

const LOG_LIMIT = 20_000; // characters
const ASKED = "The app was asked before, which may be why: press Run again first.";
const BROKEN = "The app broke its answer off";
const SILENT = "The app gave no answer";

// The previews of an example.
export class Previews {
  constructor(panel) {
    this.panel = panel;
    this.visits = new Visits(panel);
    this.opened = [];
    this.scripts = new Map(); // by their ids
    this.waiting = new Set(); // scripts that wait for the app
    this.places = new Map(); // where they stand, by the place that they were asked for
    this.count = 0;
  }

  // Opens a page; `place`: where the documented request stands, if it was asked for there.
  open(target, place) {
    this.panel.wake(place);
    const box = this.boxOf(place);
    const there = this.opened.find(({ element }) => box.contains(element));
    if (there) return there.go(new URL(target, ORIGIN).href);
    this.add(box, new URL(target, ORIGIN).href);
  }

  // Runs a documented script; `shown`: where it stands.
  run(client, shown) {
    this.panel.wake(shown);
    if (!this.scripts.has(client.id)) this.scripts.set(client.id, new Script(this, client, shown));
    const script = this.scripts.get(client.id);
    if (this.panel.state === "running") script.begin();
    else this.waiting.add(script);
  }

  // Why a script may log something else than what is documented.
  hint() {
    const isAsked = this.panel.sent.length > 0 || this.visits.count > 0;
    return this.panel.why(isAsked ? ASKED : "");
  }

  add(box, url) {
    this.count += 1;
    const preview = new Preview(this, this.count);
    preview.another = () => this.add(box, preview.url);
    this.opened.push(preview);
    box.append(preview.element);
    preview.go(url);
  }

  boxOf(place) {
    const beside = place?.responses ?? this.panel.responses.element;
    if (!this.places.has(beside)) {
      const box = make("div", { className: "live-previews" });
      beside.after(box);
      this.places.set(beside, box);
    }
    return this.places.get(beside);
  }

  close(preview) {
    preview.leave();
    preview.element.remove();
    this.opened = this.opened.filter((other) => other !== preview);
  }

  receive(message) {
    this.visits.receive(message);
  }

  started() {
    this.visits.count = 0;
    for (const script of this.waiting) script.begin();
    this.waiting.clear();
    for (const preview of this.opened) preview.reload();
  }

  ended() {
    this.visits.end();
    for (const script of this.scripts.values()) script.end("The app has stopped.");
    for (const preview of this.opened) preview.tell("The app has stopped. Run it again to go on.");
  }

  clear() {
    for (const script of this.scripts.values()) script.clear();
    for (const preview of this.opened) this.close(preview);
  }

  // A response that is a page can be opened as one.
  offer({ request, step, place, exchange, label }, { response }) {
    const type = response?.headers.find(([name]) => name === "content-type")?.[1] ?? "";
    if (request.method !== "GET" || !type.startsWith("text/html")) return;
    const { steps } = this.panel.example;
    if (place && steps.find(({ id }) => id === step)?.page) return; // it has the button already
    const shown = place?.responses ?? this.panel.responses.element;
    const open = button("live-open", "Preview", () => this.open(request.target, place));
    open.setAttribute("aria-label", `Preview ${label}`);
    shown.querySelector(`[data-exchange="${exchange}"] .live-line`)?.append(open);
  }
}

// One visitor with one open page, and a history.
class Preview {
  constructor(previews, number) {
    this.previews = previews;
    this.name = `Preview ${number}`;
    this.visitor = new Visitor(previews.visits);
    this.entries = []; // {url, state, page}
    this.at = -1;
    this.pages = 0;
    this.frame = null;
    this.stopLoading = () => {};
    this.build();
  }

  build() {
    const act = (className, label, words, onclick) => {
      const element = button(className, label, onclick);
      element.setAttribute("aria-label", `${words}: ${this.name}`);
      element.title = words;
      return element;
    };
    this.back = act("live-icon", "←", "Back", () => this.travel(-1));
    this.forward = act("live-icon", "→", "Forward", () => this.travel(1));
    const reload = act("live-icon", "↻", "Reload", () => this.reload());
    const another = act("live-another", "+ Client", "Open beside it, as another client", () => this.another());
    const close = act("live-close", "Close", "Close", () => this.previews.close(this));
    this.address = make("input", { type: "text", ...AS_TYPED });
    this.address.setAttribute("aria-label", `Address: ${this.name}`);
    const form = make("form", { className: "live-where" }, [this.address]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const url = new URL(this.address.value, `${ORIGIN}/`);
      if (url.origin === ORIGIN) this.go(url.href);
      else this.tell(`A preview shows the app only: write a path such as /, got ${url.href}`);
    });
    this.bar = make("div", { className: "live-preview-bar" }, [
      this.back, this.forward, reload, form, another, close,
    ]); // prettier-ignore
    this.status = make("p", { className: "live-preview-status", role: "status" });
    this.screen = make("div", { className: "live-screen" });
    this.log = make("pre", { className: "live-console", role: "log", tabIndex: 0, hidden: true });
    this.log.setAttribute("aria-label", `Console: ${this.name}`);
    this.element = make("section", { className: "live-preview" }, [
      this.bar, this.status, this.screen, this.log,
    ]); // prettier-ignore
    this.element.setAttribute("aria-label", this.name);
    this.show();
  }

  get url() {
    return this.entries[this.at]?.url ?? `${ORIGIN}/`;
  }

  tell(text) {
    this.status.textContent = text;
  }

  show() {
    const { pathname, search, hash } = new URL(this.url);
    this.address.value = pathname + search + hash;
    this.back.disabled = this.at <= 0;
    this.forward.disabled = this.at >= this.entries.length - 1;
  }

  // --- Navigation ---------------------------------------------------------------------------------

  // Loads a page; `request` has what it is asked with besides, `at` its place in the history
  // (`null`: a new one, after the present one).
  go(url, { request = {}, at = null, state = null } = {}) {
    this.stopLoading();
    const isFirst = this.entries.length === 0; // kept at once, so that it can be loaded again
    if (isFirst) this.keep(url, state, null);
    if (this.previews.panel.state !== "running") return this.tell("It opens when the app runs…");
    this.tell("Loading…");
    const place = { at: isFirst ? 0 : at, state };
    let response;
    const chunks = [];
    const sent = { method: "GET", url, isNavigation: true, ...request };
    this.stopLoading = this.visitor.send(sent, {
      head: (head) => {
        response = head;
      },
      chunk: (bytes) => chunks.push(bytes),
      over: ({ error, isRefused }) => {
        if (isRefused) this.tell(error);
        else if (error) this.tell(`${response ? BROKEN : SILENT}: ${lastLine(error)}`);
        else this.commit(response, chunks, place);
      },
    });
  }

  keep(url, state, at) {
    const entry = { url, state, page: this.pages };
    if (at === null) {
      this.entries = [...this.entries.slice(0, this.at + 1), entry];
      this.at += 1;
    } else {
      this.entries[at] = entry;
      this.at = at;
    }
    this.show();
  }

  async commit(response, chunks, { at, state }) {
    const { status, reason, headers, url } = response;
    const valueOf = (name) => headers.find((pair) => pair[0] === name)?.[1] ?? "";
    const type = valueOf("content-type");
    const blob = new Blob(chunks, { type });
    if (status === 204 || status === 205) return this.tell(`${status} ${reason}: the page stays.`);
    if (valueOf("content-disposition").startsWith("attachment"))
      return this.tell(`The app sent a file to download: ${blob.size} bytes, ${type}.`);
    const html = await documentOf(blob, type);
    this.leave();
    this.pages += 1;
    this.keep(url, state, at);
    this.tell(status >= 400 ? `${status} ${reason}` : "");
    this.log.replaceChildren();
    this.log.hidden = true;
    this.frame = new Frame(this, { html, url, state });
  }

  reload() {
    this.go(this.url, { at: Math.max(this.at, 0), state: this.entries[this.at]?.state });
  }

  travel(delta) {
    const at = this.at + delta;
    const entry = this.entries[at];
    if (!entry || delta === 0) return;
    if (entry.page !== this.entries[this.at].page) {
      this.go(entry.url, { at, state: entry.state });
      return;
    }
    this.at = at;
    this.show();
    this.frame?.pop(entry);
  }

  // The page changed its address by itself.
  moved({ url, state, replace }) {
    this.keep(url, state, replace ? this.at : null);
  }

  // Leaves the page: all that it has under way ends.
  leave() {
    this.stopLoading();
    this.frame?.leave();
    this.frame = null;
  }

  // --- What the page says -------------------------------------------------------------------------

  note(level, text) {
    if (this.log.textContent.length > LOG_LIMIT) this.log.firstChild.remove();
    const className = level === "error" || level === "warn" ? "live-text-err" : "";
    this.log.append(make("span", { className, textContent: `${text}\n` }));
    this.log.hidden = false;
    this.log.scrollTop = this.log.scrollHeight;
  }
}

function lastLine(text) {
  return text.trim().split("\n").at(-1);
}

// What is no HTML is shown as a browser shows it.
async function documentOf(blob, type) {
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1];
  const kind = type.split(";")[0].trim().toLowerCase();
  const bytes = await blob.arrayBuffer();
  if (kind.startsWith("image/")) return `<img alt="" src="data:${kind};base64,${toBase64(bytes)}">`;
  const text = decode(bytes, charset);
  if (kind === "text/html" || kind === "application/xhtml+xml") return text;
  const isText = kind.startsWith("text/") || /\b(json|xml|javascript)\b/.test(kind);
  const shown = isText ? text : `${blob.size} bytes: ${kind || "of no known type"}.`;
  const pre = make("pre", { textContent: shown });
  pre.style.whiteSpace = "pre-wrap";
  return `<!doctype html><meta name="color-scheme" content="light dark">${pre.outerHTML}`;
}

function decode(bytes, charset = "utf-8") {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // of a name that nobody knows
  }
}

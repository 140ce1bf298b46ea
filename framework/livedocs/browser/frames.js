// The page's side of a preview's frame: it has no origin, and speaks through one MessagePort.
// What it says is not to be trusted; whatever it asks for, it gets from the app alone.

import { make } from "./view.js";
import { ORIGIN } from "./visitor.js";

const LOAD_MS = 15_000;

export class Frame {
  // `page`: {html, url, state}, what the app answered.
  constructor(preview, page) {
    this.preview = preview;
    this.page = page;
    this.url = page.url;
    this.open = new Map(); // what is under way, by the frame's numbers
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.port.onmessage = ({ data }) => this.receive(data);
    this.element = make("iframe", { className: "live-page live-loading", title: `${preview.name}: ${page.url}` });
    this.element.setAttribute("sandbox", "allow-scripts allow-forms");
    this.element.src = `${preview.previews.panel.runtime.settings.base}preview.html`;
    this.element.addEventListener("load", () => this.begin(port2), { once: true });
    this.late = setTimeout(() => preview.tell("The frame of the preview did not load."), LOAD_MS);
    preview.screen.append(this.element);
  }

  begin(port) {
    const { visitor } = this.preview;
    const { local, session } = visitor.storage;
    const cookies = visitor.cookies.header(this.url, { isScript: true });
    const data = { type: "page", ...this.page, origin: ORIGIN, local, session, cookies };
    this.element.contentWindow.postMessage(data, "*", [port]); // it has no origin to name
  }

  receive({ type, ...message }) {
    const handler = {
      ready: () => this.ready(),
      fetch: () => this.fetch(message),
      socket: () => this.connect(message),
      say: () => this.open.get(message.id)?.say(message),
      abort: () => this.abort(message),
      go: () => this.go(message),
      moved: () => this.moved(message),
      travel: () => this.preview.travel(message.delta),
      reload: () => this.preview.reload(),
      cookie: () => this.preview.visitor.cookies.set(message.text, this.url, { isScript: true }),
      store: () => this.store(message),
      title: () => this.title(message),
      settled: () => this.preview.settled?.(message),
      log: () => this.preview.note(message.level, String(message.text).slice(0, 10_000), message.line),
    }[type];
    handler?.();
  }

  // It has its page: what it replaces may go.
  ready() {
    clearTimeout(this.late);
    this.element.classList.remove("live-loading");
    for (const other of [...this.preview.screen.children]) if (other !== this.element) other.remove();
  }

  fetch({ id, request }) {
    const { visitor } = this.preview;
    const abandon = visitor.send({ ...request, referrer: this.url }, {
      head: (head) => {
        const cookies = visitor.cookies.header(this.url, { isScript: true });
        this.post({ type: "head", id, ...head, cookies });
      },
      chunk: (bytes) => this.post({ type: "chunk", id, bytes }),
      over: ({ error }) => this.over(id, error),
    }); // prettier-ignore
    this.open.set(id, { abandon });
  }

  connect({ id, url, protocols }) {
    const visit = this.preview.visitor.connect({ url, protocols }, {
      head: ({ status, headers }) => this.post({ type: "head", id, status, headers }),
      frame: (frame) => this.post({ ...frame, type: "frame", id }),
      over: ({ error }) => this.over(id, error),
    }); // prettier-ignore
    this.open.set(id, visit);
  }

  abort({ id }) {
    this.open.get(id)?.abandon();
    this.open.delete(id);
  }

  over(id, error) {
    this.open.delete(id);
    this.post({ type: "over", id, error });
  }

  go({ url, replace, request }) {
    const { preview } = this;
    if (new URL(url).origin !== ORIGIN) preview.tell(`The link leads away from the app: ${url}`);
    else preview.go(url, { request: { ...request, referrer: this.url }, at: replace ? preview.at : null });
  }

  moved(message) {
    this.url = message.url;
    this.preview.moved(message);
  }

  pop({ url, state }) {
    this.url = url;
    this.post({ type: "pop", url, state });
  }

  store({ area, entries }) {
    this.preview.visitor.storage[area === "local" ? "local" : "session"] = entries;
  }

  title({ text }) {
    this.element.title = `${this.preview.name}: ${String(text).slice(0, 200)}`;
  }

  post(message) {
    this.port.postMessage(message);
  }

  // Disconnects it from the app; what it shows stays until another frame takes its place.
  leave() {
    clearTimeout(this.late);
    for (const visit of this.open.values()) visit.abandon();
    this.open.clear();
    this.port.close();
  }
}

// `EventSource`, made of `fetch`.
// Source: HTML Living Standard, 9.2 Server-sent events.

const FIRST_WAIT_MS = 3000;

export function shimEventSource() {
  globalThis.EventSource = AppEventSource;
}

class AppEventSource extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 2;

  #wait = FIRST_WAIT_MS;
  #last = "";
  #controller = new AbortController();

  constructor(url, { withCredentials = false } = {}) {
    super();
    this.url = new URL(url, document.baseURI).href;
    this.withCredentials = withCredentials;
    this.readyState = AppEventSource.CONNECTING;
    this.onopen = this.onmessage = this.onerror = null;
    for (const name of ["open", "message", "error"])
      this.addEventListener(name, (event) => this[`on${name}`]?.(event));
    this.#run();
  }

  close() {
    this.readyState = AppEventSource.CLOSED;
    this.#controller.abort();
  }

  async #run() {
    while (this.readyState !== AppEventSource.CLOSED) {
      const response = await this.#connect();
      if (this.readyState === AppEventSource.CLOSED) return;
      if (response && !isStream(response)) return this.#fail();
      if (response) await this.#read(response.body);
      if (this.readyState === AppEventSource.CLOSED) return;
      this.readyState = AppEventSource.CONNECTING;
      this.dispatchEvent(new Event("error"));
      await new Promise((resolve) => setTimeout(resolve, this.#wait));
    }
  }

  // `null`: there was no answer, and there may be one later.
  async #connect() {
    const headers = { accept: "text/event-stream", "cache-control": "no-cache" };
    if (this.#last) headers["last-event-id"] = this.#last;
    try {
      return await fetch(this.url, { headers, signal: this.#controller.signal });
    } catch {
      return null;
    }
  }

  #fail() {
    this.close();
    this.dispatchEvent(new Event("error"));
  }

  async #read(body) {
    this.readyState = AppEventSource.OPEN;
    this.dispatchEvent(new Event("open"));
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new Parser((name, data) => this.#dispatch(name, data), (field, value) => this.#note(field, value));
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done || this.readyState === AppEventSource.CLOSED) return;
        parser.feed(value);
      }
    } catch {
      // it broke off, or was left
    }
  }

  #note(field, value) {
    if (field === "id" && !value.includes("\0")) this.#last = value;
    if (field === "retry" && /^\d+$/.test(value)) this.#wait = Number(value);
  }

  #dispatch(name, data) {
    if (this.readyState === AppEventSource.CLOSED) return;
    const { origin } = new URL(this.url);
    this.dispatchEvent(new MessageEvent(name, { data, origin, lastEventId: this.#last }));
  }
}

for (const name of ["CONNECTING", "OPEN", "CLOSED"])
  AppEventSource.prototype[name] = AppEventSource[name];

function isStream(response) {
  const type = response.headers.get("content-type") ?? "";
  return response.status === 200 && type.startsWith("text/event-stream");
}

class Parser {
  constructor(dispatch, note) {
    this.dispatch = dispatch;
    this.note = note;
    this.rest = "";
    this.begin();
  }

  begin() {
    this.name = "";
    this.data = [];
  }

  feed(text) {
    const isHalf = (this.rest + text).endsWith("\r"); // a line feed may follow
    const lines = (this.rest + text).split(/\r\n|\n|\r/);
    this.rest = lines.pop();
    if (isHalf) this.rest = `${lines.pop()}\r`;
    for (const line of lines) this.take(line);
  }

  take(line) {
    if (line === "") {
      if (this.data.length > 0) this.dispatch(this.name || "message", this.data.join("\n"));
      return this.begin();
    }
    const at = line.indexOf(":");
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (field === "event") this.name = value;
    else if (field === "data") this.data.push(value);
    else this.note(field, value);
  }
}

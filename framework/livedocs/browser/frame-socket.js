// `WebSocket` that speaks with the app.
// Source: WebSockets Living Standard, 3 The WebSocket interface.

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const UNSAID = 1005;
const ABNORMAL = 1006;
const encoder = new TextEncoder();

export function shimWebSocket(link, place) {
  globalThis.WebSocket = class WebSocket extends AppSocket {
    constructor(url, protocols = []) {
      super(link, place, { url, protocols: [protocols].flat() });
    }
  };
}

class AppSocket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  #link;
  #id;
  #sending = Promise.resolve();

  constructor(link, place, { url, protocols }) {
    super();
    this.#link = link;
    this.url = socketUrl(url, protocols);
    this.readyState = AppSocket.CONNECTING;
    this.protocol = this.extensions = "";
    this.bufferedAmount = 0;
    this.binaryType = "blob";
    for (const name of ["open", "message", "error", "close"]) {
      this[`on${name}`] = null;
      this.addEventListener(name, (event) => this[`on${name}`]?.(event));
    }
    if (new URL(this.url).host !== place.host) {
      link.log("error", `${this.url} was not connected: a preview reaches only its app.`);
      setTimeout(() => this.#end(ABNORMAL, ""));
      return;
    }
    this.#id = link.begin("socket", { url: this.url, protocols }, {
      head: (head) => this.#decided(head),
      frame: (frame) => this.#receive(frame),
      over: () => this.#end(ABNORMAL, ""),
    }); // prettier-ignore
  }

  send(data) {
    if (this.readyState === AppSocket.CONNECTING)
      throw new DOMException("Still in CONNECTING state.", "InvalidStateError");
    if (this.readyState !== AppSocket.OPEN) return;
    if (typeof data === "string" || !isBinary(data)) this.#say("text", encoder.encode(data));
    else if (data instanceof Blob) this.#sending = this.#sending.then(async () => this.#put("binary", await data.arrayBuffer()));
    else this.#say("binary", ArrayBuffer.isView(data) ? bytesOf(data) : data.slice(0));
  }

  close(code, reason = "") {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999))
      throw new DOMException(`The code must be 1000, or from 3000 to 4999; got ${code}.`, "InvalidAccessError");
    if (encoder.encode(reason).length > 123)
      throw new DOMException("The reason has more than 123 bytes.", "SyntaxError");
    if (this.readyState >= AppSocket.CLOSING) return;
    const isEarly = this.readyState === AppSocket.CONNECTING;
    this.readyState = AppSocket.CLOSING;
    if (isEarly) {
      this.#link.abort(this.#id);
      setTimeout(() => this.#end(ABNORMAL, ""));
      return;
    }
    this.#sending = this.#sending.then(() => this.#put("close", encoder.encode(reason), code ?? UNSAID));
  }

  // Blobs are read first, and nothing overtakes them.
  #say(kind, data) {
    this.#sending = this.#sending.then(() => this.#put(kind, data));
  }

  #put(kind, data, code) {
    this.#link.send("say", { id: this.#id, kind, data, code });
  }

  #decided({ status, headers }) {
    if (status !== 101 || this.readyState !== AppSocket.CONNECTING) return;
    this.protocol = headers.find(([name]) => name === "sec-websocket-protocol")?.[1] ?? "";
    this.readyState = AppSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  #receive({ kind, data, code }) {
    const text = () => new TextDecoder().decode(data);
    if (kind === "close") return this.#end(code, text());
    if (this.readyState !== AppSocket.OPEN) return;
    const binary = this.binaryType === "blob" ? () => new Blob([data]) : () => data.buffer;
    const value = kind === "text" ? text() : binary();
    this.dispatchEvent(new MessageEvent("message", { data: value, origin: new URL(this.url).origin }));
  }

  #end(code, reason) {
    if (this.readyState === AppSocket.CLOSED) return;
    this.readyState = AppSocket.CLOSED;
    const wasClean = code !== ABNORMAL;
    if (!wasClean) this.dispatchEvent(new Event("error"));
    this.dispatchEvent(new CloseEvent("close", { wasClean, code, reason }));
  }
}

for (const name of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"])
  AppSocket.prototype[name] = AppSocket[name];

function socketUrl(text, protocols) {
  let url;
  try {
    url = new URL(text, document.baseURI);
  } catch {
    throw new DOMException(`The URL '${text}' is invalid.`, "SyntaxError");
  }
  url.protocol = url.protocol.replace("http", "ws");
  if (!/^wss?:$/.test(url.protocol) || url.hash)
    throw new DOMException(`Expected a ws: URL without a fragment, got '${text}'.`, "SyntaxError");
  if (!protocols.every((name) => TOKEN.test(name)) || new Set(protocols).size < protocols.length)
    throw new DOMException(`Expected different subprotocols, got '${protocols}'.`, "SyntaxError");
  return url.href;
}

function isBinary(data) {
  return data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data);
}

function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

// Where the page is, as far as it can tell: `location`, `history`, cookies, and the base of URLs.
// `location` cannot be replaced; scripts find ours by the name that frame-script.js gives it.

import { pairOf, parse } from "./cookies.js";
import { NAME } from "./frame-script.js";

export class Place {
  constructor(link, { origin, url, state, cookies }) {
    this.link = link;
    this.origin = origin;
    this.host = new URL(origin).host;
    this.url = new URL(url);
    this.state = state;
    this.cookies = cookies;
  }

  resolve(text) {
    return new URL(text, document.baseURI).href;
  }

  install() {
    const { link } = this;
    const location = locationOf(this);
    for (const owner of [globalThis, document])
      define(owner, NAME, { get: () => location, set: (text) => this.go(text) });
    define(globalThis, "history", { value: historyOf(this) });
    define(globalThis, "open", { value: (text) => this.go(text) });
    const cookie = { get: () => this.cookies, set: (text) => this.setCookie(String(text)) };
    define(document, "cookie", cookie);
    for (const name of ["URL", "documentURI"]) define(document, name, { get: () => this.url.href });
    link.others.cookies = (text) => {
      this.cookies = text;
    };
    link.others.pop = ({ url, state }) => this.pop(url, state);
  }

  // To another page, or only to another part of this one.
  go(text, { replace = false, request } = {}) {
    const url = new URL(this.resolve(text));
    const isHere = url.hash !== "" && url.href.split("#")[0] === this.url.href.split("#")[0];
    if (url.protocol === "javascript:") return;
    if (isHere && !request) this.moveTo(url, null, { replace });
    else this.link.send("go", { url: url.href, replace, request });
    if (isHere && !request) this.scroll();
  }

  moveTo(url, state, { replace }) {
    const old = this.url;
    this.set(url, state);
    this.link.send("moved", { url: url.href, state, replace });
    if (old.hash !== url.hash) this.tellHash(old, url);
  }

  pop(href, state) {
    const old = this.url;
    this.set(new URL(href), state);
    dispatchEvent(new PopStateEvent("popstate", { state }));
    if (old.hash !== this.url.hash) {
      this.tellHash(old, this.url);
      this.scroll();
    }
  }

  set(url, state) {
    this.url = url;
    this.state = state;
    const base = document.querySelector("base[data-preview]");
    if (base) base.href = url.href;
  }

  tellHash({ href: oldURL }, { href: newURL }) {
    queueMicrotask(() => dispatchEvent(new HashChangeEvent("hashchange", { oldURL, newURL })));
  }

  scroll() {
    const name = decodeURIComponent(this.url.hash.slice(1));
    if (name) document.getElementById(name)?.scrollIntoView();
    else scrollTo(0, 0);
  }

  // What the script sees at once; the page around has the jar.
  setCookie(text) {
    const cookie = parse(text);
    const others = this.cookies.split("; ").filter((one) => one && parse(one).name !== cookie.name);
    const isKept = !cookie.isHidden && cookie.ends > Date.now();
    this.cookies = (isKept ? [...others, pairOf(cookie)] : others).join("; ");
    this.link.send("cookie", { text });
  }
}

function define(object, name, descriptor) {
  Object.defineProperty(object, name, { configurable: true, ...descriptor });
}

function locationOf(place) {
  const location = {
    assign: (text) => place.go(text),
    replace: (text) => place.go(text, { replace: true }),
    reload: () => place.link.send("reload"),
    toString: () => place.url.href,
  };
  define(location, "origin", { get: () => place.origin, enumerable: true });
  for (const name of ["href", "protocol", "host", "hostname", "port", "pathname", "search", "hash"])
    define(location, name, {
      enumerable: true,
      get: () => place.url[name],
      set: (text) => {
        const url = new URL(place.url);
        if (name !== "href") url[name] = text;
        place.go(name === "href" ? text : url.href);
      },
    });
  return location;
}

function historyOf(place) {
  const move = (replace) => (state, _title, text) => {
    const url = new URL(text === undefined || text === null ? place.url.href : place.resolve(text));
    if (url.origin !== place.origin)
      throw new DOMException(`'${url.href}' is of another origin.`, "SecurityError");
    const kept = structuredClone(state);
    place.set(url, kept);
    place.link.send("moved", { url: url.href, state: kept, replace });
  };
  const travel = (delta) => place.link.send(delta ? "travel" : "reload", { delta });
  const history = {
    scrollRestoration: "auto",
    length: 1,
    pushState: move(false),
    replaceState: move(true),
    back: () => travel(-1),
    forward: () => travel(1),
    go: (delta = 0) => travel(delta),
  };
  define(history, "state", { get: () => place.state, enumerable: true });
  return history;
}

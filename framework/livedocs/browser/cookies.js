// The cookies of one visitor of the app.
// Source: RFC 6265, sections 5.2 to 5.4, for a single host, which counts as trustworthy.

export class Cookies {
  constructor() {
    this.kept = new Map();
  }

  // Keeps what the header `set-cookie` of a response to `url` says; also what a script writes.
  set(text, url, { isScript = false } = {}) {
    const { path = folderOf(url), ...cookie } = parse(text);
    const key = `${path} ${cookie.name}`;
    if (isScript && (cookie.isHidden || this.kept.get(key)?.isHidden)) return;
    if (cookie.ends <= Date.now()) this.kept.delete(key);
    else this.kept.set(key, { ...cookie, path });
  }

  // Returns the header `cookie` for a URL; for a script, what it may see.
  header(url, { isScript = false } = {}) {
    const { pathname } = new URL(url);
    return [...this.kept.values()]
      .filter(({ path, isHidden, ends }) => {
        const covers = pathname === path || pathname.startsWith(path.replace(/\/?$/, "/"));
        return covers && ends > Date.now() && !(isScript && isHidden);
      })
      .sort((one, other) => other.path.length - one.path.length)
      .map(pairOf)
      .join("; ");
  }
}

// What the text of a cookie says; `ends` is a time, `path` may be missing.
export function parse(text) {
  const [pair, ...attributes] = text.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const [name, value] = [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
  const said = new Map(attributes.map((part) => splitAttribute(part)));
  const path = said.get("path")?.startsWith("/") ? said.get("path") : undefined;
  return { name, value, path, isHidden: said.has("httponly"), ends: expiryOf(said) };
}

export function pairOf({ name, value }) {
  return name ? `${name}=${value}` : value;
}

function splitAttribute(part) {
  const [name, ...value] = part.split("=");
  return [name.trim().toLowerCase(), value.join("=").trim()];
}

function expiryOf(said) {
  const seconds = said.get("max-age");
  if (/^-?\d+$/.test(seconds)) return Date.now() + Number(seconds) * 1000;
  const date = Date.parse(said.get("expires"));
  return Number.isNaN(date) ? Infinity : date;
}

function folderOf(url) {
  return new URL(url).pathname.replace(/\/[^/]*$/, "") || "/";
}

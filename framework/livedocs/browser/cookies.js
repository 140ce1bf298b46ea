// The cookies of one visitor of the app.
// Source: RFC 6265, sections 5.2 to 5.4, for a single host, which counts as trustworthy.

export class Cookies {
  constructor() {
    this.kept = new Map();
  }

  // Keeps what the header `set-cookie` of a response to `url` says; also what a script writes.
  set(text, url, { isScript = false } = {}) {
    const [pair, ...attributes] = text.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()];
    const said = new Map(attributes.map((part) => splitAttribute(part)));
    const path = said.get("path")?.startsWith("/") ? said.get("path") : folderOf(url);
    const key = `${path} ${name}`;
    const isHidden = said.has("httponly");
    if (isScript && (isHidden || this.kept.get(key)?.isHidden)) return;
    if (expiryOf(said) <= Date.now()) this.kept.delete(key);
    else this.kept.set(key, { name, value, path, isHidden, ends: expiryOf(said) });
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
      .map(({ name, value }) => (name ? `${name}=${value}` : value))
      .join("; ");
  }
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

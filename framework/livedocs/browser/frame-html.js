// The app's pages, changed before a browser reads them: what they refer to is fetched from the app
// and stands there as a blob, since the frame may load nothing else.

import { importsOf, rewriteScript } from "./frame-script.js";

const CSS_URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]+))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')/g;
const SCRIPT_TYPE = /^(|module|(text|application)\/(x-)?(java|ecma)script)$/i;
const SOURCES = "img[src], source[src], video[src], audio[src], track[src], input[type=image][src]";
const NOTHING = "data:,";

export class Documents {
  constructor({ fetch, note }) {
    this.fetch = fetch;
    this.note = note;
    this.kept = new Map(); // promises of addresses, by URL and purpose
  }

  // Returns the HTML of a page at a URL as it can stand in the frame.
  async prepare(html, url) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const own = page.querySelector("base[href]");
    const base = own ? new URL(own.getAttribute("href"), url).href : url;
    for (const tag of page.querySelectorAll("base, meta[http-equiv=Content-Security-Policy i]")) tag.remove();
    const head = page.createElement("base");
    head.href = base;
    head.dataset.preview = "";
    page.head.prepend(head);
    this.delay(page, base);
    await Promise.all([
      ...[...page.querySelectorAll("script")].map((script) => this.script(script, base)),
      ...[...page.querySelectorAll("link[href]")].map((link) => this.link(link, base)),
      ...[...page.querySelectorAll("style")].map((style) => this.style(style, base)),
      ...[...page.querySelectorAll(SOURCES)].map((media) => this.media(media, base)),
      ...[...page.querySelectorAll("[srcset]")].map((media) => this.choices(media, base)),
    ]);
    for (const element of page.querySelectorAll("*")) this.handlers(element);
    const type = page.doctype ? "<!doctype html>" : "";
    return type + page.documentElement.outerHTML;
  }

  // `<meta http-equiv="refresh">` would take the frame away from us.
  delay(page, base) {
    const refresh = page.querySelector("meta[http-equiv=refresh i]");
    if (!refresh) return;
    const [seconds, target = ""] = refresh.content.split(/[;,]\s*(?:url\s*=)?\s*/i);
    const script = page.createElement("script");
    const to = JSON.stringify(new URL(target.replace(/^["']|["']$/g, ""), base).href);
    script.textContent = `setTimeout(() => location.replace(${to}), ${(Number(seconds) || 0) * 1000})`;
    refresh.replaceWith(script);
  }

  handlers(element) {
    for (const { name, value } of [...element.attributes])
      if (name.startsWith("on")) element.setAttribute(name, rewriteScript(value));
  }

  async script(script, base) {
    if (!SCRIPT_TYPE.test(script.type)) return;
    const isModule = script.type.toLowerCase() === "module";
    const source = script.getAttribute("src");
    script.removeAttribute("integrity");
    if (source !== null) {
      script.src = await this.address(source, base, isModule ? "module" : "script");
      return;
    }
    const modules = isModule ? await this.modules(script.textContent, base, []) : undefined;
    script.textContent = rewriteScript(script.textContent, modules).replaceAll("</script", "<\\/script");
  }

  async link(link, base) {
    const kinds = link.rel.toLowerCase().split(/\s+/);
    link.removeAttribute("integrity");
    if (kinds.includes("stylesheet")) link.href = await this.address(link.getAttribute("href"), base, "style");
    else if (!kinds.includes("canonical") && !kinds.includes("alternate")) link.remove();
  }

  async style(style, base) {
    style.textContent = await this.css(style.textContent, base);
  }

  async media(media, base) {
    media.src = await this.address(media.getAttribute("src"), base);
  }

  async choices(media, base) {
    const choices = media.srcset.split(/,\s+/).map(async (choice) => {
      const [url, ...size] = choice.trim().split(/\s+/);
      return [await this.address(url, base), ...size].join(" ");
    });
    media.srcset = (await Promise.all(choices)).join(", ");
  }

  async css(text, base) {
    const places = [...text.matchAll(CSS_URL)].map(({ 0: whole, index, ...names }) => {
      const isSheet = whole.startsWith("@import") || text.slice(0, index).trimEnd().endsWith("@import");
      const name = [1, 2, 3, 4, 5].map((number) => names[number]).find((one) => one !== undefined);
      return this.address(name, base, isSheet ? "style" : "media");
    });
    const addresses = await Promise.all(places);
    let at = 0;
    return text.replace(CSS_URL, (whole) => `${whole.startsWith("@import") ? "@import " : ""}url("${addresses[at++]}")`);
  }

  // Returns a blob's address with what the app has at a URL, for a purpose.
  address(text, base, purpose = "media", above = []) {
    let url;
    try {
      url = new URL(text, base).href;
    } catch {
      return NOTHING;
    }
    if (!url.startsWith("http")) return url; // as `data:`
    const key = `${purpose} ${url}`;
    if (above.includes(key)) {
      this.note(`${url} imports itself by way of others, which a preview cannot do.`);
      return NOTHING;
    }
    if (!this.kept.has(key)) this.kept.set(key, this.load(url, purpose, [...above, key]));
    return this.kept.get(key);
  }

  async load(url, purpose, above) {
    let response;
    try {
      response = await this.fetch(url);
    } catch {
      this.note(`${url} was not loaded.`);
      return NOTHING;
    }
    if (!response.ok) {
      this.note(`${new URL(url).pathname} was not loaded: ${response.status} ${response.statusText}`);
      return NOTHING;
    }
    const type = response.headers.get("content-type") ?? "";
    if (purpose === "media") return URL.createObjectURL(new Blob([await response.blob()], { type }));
    const text = await this.text(await response.text(), response.url || url, purpose, above);
    return URL.createObjectURL(new Blob([text], { type: purpose === "style" ? "text/css" : "text/javascript" }));
  }

  async text(source, url, purpose, above) {
    if (purpose === "style") return this.css(source, url);
    return rewriteScript(source, purpose === "module" ? await this.modules(source, url, above) : undefined);
  }

  // Returns the addresses of what a module imports, by what stands there.
  async modules(source, base, above) {
    const own = importsOf(source).filter((name) => /^(\.{0,2}\/|https?:)/.test(name));
    const pairs = own.map(async (name) => [name, await this.address(name, base, "module", above)]);
    return new Map(await Promise.all(pairs));
  }
}

// What scripts add to a page later on: images, scripts and style sheets of the app.

const PROPERTIES = [
  [HTMLImageElement, "src", "media"],
  [HTMLSourceElement, "src", "media"],
  [HTMLMediaElement, "src", "media"],
  [HTMLScriptElement, "src", "script"],
  [HTMLLinkElement, "href", "style"],
];
const OWN = /^(blob|data):/;

export function shimLate(documents) {
  for (const [element, name, purpose] of PROPERTIES) shim(element.prototype, name, { documents, purpose });
}

// The address is set once the app has answered; until then, and to scripts, it is what they wrote.
function shim(prototype, name, { documents, purpose }) {
  const native = Object.getOwnPropertyDescriptor(prototype, name);
  const setAttribute = Element.prototype.setAttribute;
  const written = new WeakMap();
  async function set(element, text) {
    if (OWN.test(text)) return native.set.call(element, text);
    written.set(element, new URL(text, document.baseURI).href);
    const kind = purpose === "script" && element.type === "module" ? "module" : purpose;
    native.set.call(element, await documents.address(text, document.baseURI, kind));
  }
  Object.defineProperty(prototype, name, {
    ...native,
    get() {
      return written.get(this) ?? native.get.call(this);
    },
    set(text) {
      set(this, String(text));
    },
  });
  prototype.setAttribute = function (attribute, value) {
    if (attribute.toLowerCase() === name) set(this, String(value));
    else setAttribute.call(this, attribute, value);
  };
}

// The form for the reader's own requests.

import { make } from "./view.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const HEADER = /^\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*:/;
const AS_TYPED = { spellcheck: false, autocapitalize: "off" };

// `first` is the documented request that the form starts from, if there is one.
export function addressBar(first, send) {
  const options = METHODS.map((name) => make("option", { textContent: name }));
  const method = make("select", {}, options);
  method.setAttribute("aria-label", "Method");
  if (METHODS.includes(first?.method)) method.value = first.method;
  const target = make("input", { type: "text", value: first?.target ?? "/", autocomplete: "off" });
  Object.assign(target, AS_TYPED);
  target.setAttribute("aria-label", "Path and query");
  const headers = field("Headers, one per line", "Accept: application/json");
  const body = field("Body", '{"name": "Ada"}');
  headers.area.value = (first?.headers ?? []).map((pair) => pair.join(": ")).join("\n");
  body.area.value = first?.body ?? "";
  const summary = make("summary", { textContent: "Headers and body" });
  const more = make("details", {}, [summary, headers.label, body.label]);
  const submit = make("button", { type: "submit", textContent: "Send" });
  const form = make("form", { className: "live-address" }, [method, target, submit, more]);
  form.setAttribute("aria-label", "Your own request");
  headers.area.addEventListener("input", () => headers.area.setCustomValidity(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = headerLines(headers.area.value).find((line) => !HEADER.test(line));
    if (wrong !== undefined) {
      more.open = true; // a message cannot point to what is hidden
      const cure = "write a name, a colon and a value, as in Accept: text/html";
      headers.area.setCustomValidity(`“${wrong}” is no header: ${cure}.`);
      headers.area.reportValidity();
      return;
    }
    const path = target.value.startsWith("/") ? target.value : `/${target.value}`;
    const pairs = parseHeaders(headers.area.value);
    const request = { method: method.value, target: path, headers: pairs, body: body.area.value };
    send({ label: `${method.value} ${path}`, request });
  });
  return form;
}

function field(text, placeholder) {
  const area = make("textarea", { rows: 2, placeholder, ...AS_TYPED });
  return { area, label: make("label", {}, [make("span", { textContent: text }), area]) };
}

function headerLines(text) {
  return text.split("\n").filter((line) => line.trim());
}

function parseHeaders(text) {
  return headerLines(text).map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
}

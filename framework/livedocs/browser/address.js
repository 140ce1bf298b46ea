// The form for the reader's own requests.

import { AS_TYPED, make } from "./view.js";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const SOCKET = "WebSocket";
const HEADER = /^\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*:/;

// `step` is the documented one that the form starts from, if there is one.
export function addressBar(step, send) {
  const first = step?.request;
  const options = [...METHODS, SOCKET].map((name) => make("option", { textContent: name }));
  const method = make("select", {}, options);
  method.setAttribute("aria-label", "Method");
  if (step?.talk) method.value = SOCKET;
  else if (METHODS.includes(first?.method)) method.value = first.method;
  const target = make("input", { type: "text", value: first?.target ?? "/", ...AS_TYPED });
  target.setAttribute("aria-label", "Path and query");
  const headers = field("Headers, one per line", "Accept: application/json");
  const body = field("Body", '{"name": "Ada"}');
  headers.area.value = (first?.headers ?? []).map((pair) => pair.join(": ")).join("\n");
  body.area.value = first?.body ?? "";
  const summary = make("summary");
  const more = make("details", {}, [summary, headers.label, body.label]);
  const submit = make("button", { type: "submit" });
  const form = make("form", { className: "live-address" }, [method, target, submit, more]);
  form.setAttribute("aria-label", "Your own request");
  const choose = () => {
    const isSocket = method.value === SOCKET;
    submit.textContent = isSocket ? "Connect" : "Send";
    summary.textContent = isSocket ? "Headers" : "Headers and body";
    body.label.hidden = isSocket;
  };
  method.addEventListener("change", choose);
  choose();
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
    const name = method.value === SOCKET ? "GET" : method.value;
    const request = { method: name, target: path, headers: pairs, body: body.area.value };
    send({ method: method.value, label: `${method.value} ${path}`, request });
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

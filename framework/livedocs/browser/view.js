// Elements made of values. What an example says is set as text, never as HTML.

const SHOWN_BODY = 200_000; // characters; a browser needs seconds to lay out more

// Of a field whose text nobody but the reader knows better.
export const AS_TYPED = { autocomplete: "off", spellcheck: false, autocapitalize: "off" };

const VERDICTS = {
  same: "✓ Same as CI checked",
  differs: "≠ Differs from what is documented",
  undocumented: "Not documented",
  stopped: "Stopped before the last documented event",
};

export function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function button(className, label, onclick) {
  return make("button", { type: "button", className, textContent: label, onclick });
}

// The first line of what came: what was asked for, its state, and more.
export function lineOf(label, state, ...others) {
  const name = make("code", { textContent: label });
  return make("p", { className: "live-line" }, [name, state, ...others]);
}

export function stateOf(textContent) {
  return make("span", { className: "live-code", textContent });
}

// Changes an element, which stays at its end if it was there.
export function keepAtEnd(element, change) {
  const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 5;
  change();
  if (isAtEnd) element.scrollTop = element.scrollHeight;
}

export function responseView(request, message) {
  const article = make("div", { className: "live-response" });
  article.dataset.verdict = message.verdict;
  article.dataset.exchange = request.exchange;
  article.append(
    lineOf(
      request.label,
      stateOf(statusOf(message)),
      verdictOf("span", message.verdict),
      timeOf(message),
    ),
  );
  if (message.error) article.append(pre("live-err", message.error));
  else if (message.transcript) article.append(pre("live-body", message.transcript));
  else article.append(...bodyOf(message));
  article.append(...differencesOf(message, request.hint));
  return article;
}

// What a script's output is, compared with the documented one.
export function outputView(message, hint) {
  const parts = [verdictOf("p", message.verdict), ...differencesOf(message, hint)];
  const article = make("div", { className: "live-response" }, parts);
  article.dataset.verdict = message.verdict;
  return article;
}

// How far the start of Python is.
export function stageText({ stage, received, total }) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  return stage === "download"
    ? `Loading Python: ${megabytes(received)} of ${megabytes(total)} MB`
    : "Starting Python…";
}

export function verdictOf(tag, verdict) {
  const className = `live-verdict live-${verdict}`;
  return make(tag, { className, textContent: VERDICTS[verdict] });
}

function statusOf({ response, transcript }) {
  if (transcript) return ""; // of a session at the prompt
  return response ? `${response.status} ${response.reason}`.trim() : "no response";
}

export function timeOf({ seconds }) {
  const digits = seconds < 0.01 ? 1 : 0;
  const textContent = seconds === undefined ? "" : `${(seconds * 1000).toFixed(digits)} ms`;
  return make("span", { className: "live-time", textContent });
}

function bodyOf({ response, pretty }) {
  const text = response.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  const headers = make("details", {}, [
    make("summary", { textContent: `Headers (${response.headers.length})` }),
    pre("", text),
  ]);
  const body = pretty ?? response.body;
  if (body === null) return [hint(binaryOf(response)), headers];
  if (!body) return [headers];
  const shown = [pre("live-body", body.slice(0, SHOWN_BODY)), headers];
  if (body.length <= SHOWN_BODY) return shown;
  const cut = `The first ${SHOWN_BODY} of ${body.length} characters are shown.`;
  return [hint(cut), ...shown];
}

function binaryOf({ headers, size }) {
  const [, type = "of no known type"] = headers.find(([name]) => name === "content-type") ?? [];
  return `${size} bytes that are no text: ${type}.`;
}

function hint(textContent) {
  return make("p", { className: "live-hint", textContent });
}

// `reason` says why there may be differences without anybody's fault; an empty text: none.
export function differencesOf({ verdict, differences = [] }, reason) {
  const entries = differences.flatMap(({ what, expected, got }) => [
    make("dt", { textContent: what }),
    make("dd", {}, [make("span", { textContent: "documented" }), pre("", expected)]),
    make("dd", {}, [make("span", { textContent: "got" }), pre("", got)]),
  ]);
  return [
    ...(entries.length > 0 ? [make("dl", { className: "live-differences" }, entries)] : []),
    ...(verdict === "differs" && reason ? [hint(reason)] : []),
  ];
}

export function pre(className, text) {
  const element = make("pre", { className, tabIndex: 0 });
  element.append(make("code", { textContent: text }));
  return element;
}

// Elements made of values. What an example says is set as text, never as HTML.

const REASONS = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  410: "Gone",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

const SHOWN_BODY = 200_000; // characters; a browser needs seconds to lay out more

export const VERDICTS = {
  same: { text: "✓ Same as CI checked" },
  differs: { text: "≠ Differs from what is documented" },
  undocumented: { text: "Not documented" },
};

export function make(tag, properties = {}, children = []) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function button(className, label, onclick) {
  return make("button", { type: "button", className, textContent: label, onclick });
}

export function responseView(request, message) {
  const article = make("div", { className: "live-response" });
  article.dataset.verdict = message.verdict;
  article.dataset.exchange = request.exchange;
  article.append(
    make("p", { className: "live-line" }, [
      make("code", { textContent: request.label }),
      make("span", { className: "live-code", textContent: statusOf(message) }),
      make("span", {
        className: `live-verdict live-${message.verdict}`,
        textContent: VERDICTS[message.verdict].text,
      }),
      make("span", { className: "live-time", textContent: timeOf(message) }),
    ]),
  );
  if (message.error) article.append(pre("live-err", message.error));
  else article.append(...bodyOf(message));
  article.append(...differencesOf(message.differences ?? []));
  if (message.verdict === "differs" && request.hint) {
    article.append(make("p", { className: "live-hint", textContent: request.hint }));
  }
  return article;
}

function statusOf({ response }) {
  return response ? `${response.status} ${REASONS[response.status] ?? ""}`.trim() : "no response";
}

function timeOf({ seconds }) {
  return seconds === undefined ? "" : `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
}

function bodyOf({ response, pretty }) {
  const text = response.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  const headers = make("details", {}, [
    make("summary", { textContent: `Headers (${response.headers.length})` }),
    pre("", text),
  ]);
  const body = pretty ?? response.body;
  if (!body) return [headers];
  const shown = [pre("live-body", body.slice(0, SHOWN_BODY)), headers];
  if (body.length <= SHOWN_BODY) return shown;
  const cut = `The first ${SHOWN_BODY} of ${body.length} characters are shown.`;
  return [make("p", { className: "live-hint", textContent: cut }), ...shown];
}

export function differencesOf(differences) {
  if (differences.length === 0) return [];
  return [
    make(
      "dl",
      { className: "live-differences" },
      differences.flatMap(({ what, expected, got }) => [
        make("dt", { textContent: what }),
        make("dd", {}, [make("span", { textContent: "documented" }), pre("", expected)]),
        make("dd", {}, [make("span", { textContent: "got" }), pre("", got)]),
      ]),
    ),
  ];
}

function pre(className, text) {
  const element = make("pre", { className, tabIndex: 0 });
  element.append(make("code", { textContent: text }));
  return element;
}

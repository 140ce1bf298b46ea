// What a page logs, and what goes wrong in it, for the page around to show.

const LEVELS = ["debug", "log", "info", "warn", "error"];

export function shimConsole(link) {
  for (const level of LEVELS) {
    const native = console[level];
    console[level] = (...values) => {
      native.apply(console, values);
      link.log(level, values.map(textOf).join(" "), lineOf(new Error().stack));
    };
  }
}

export function watchErrors(link) {
  addEventListener("error", ({ message, error, lineno }) => {
    if (message) link.log("error", error ? textOf(error) : message, lineno);
  });
  addEventListener("unhandledrejection", ({ reason }) => link.log("error", `Uncaught ${textOf(reason)}`));
  document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    const what = blockedURI === "inline" || blockedURI === "eval" ? `${blockedURI} code` : blockedURI;
    link.log("error", `${what} is not allowed here (${effectiveDirective}): a preview reaches only its app.`);
  });
}

export function textOf(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error || value instanceof DOMException) return `${value.name}: ${value.message}`;
  if (value instanceof Node) return value.outerHTML ?? value.textContent;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}

// The line of the script that called, from the stack as V8, SpiderMonkey and JavaScriptCore tell it.
function lineOf(stack) {
  const frames = stack.split("\n").filter((line) => /:\d+:\d+\)?$/.test(line));
  return Number(/:(\d+):\d+\)?$/.exec(frames[1] ?? "")?.[1] ?? 0);
}

// Scripts of the app's pages, changed so that they run in a frame without an origin: the name
// `location`, which no script can bind anew, and what modules import.

import jsTokens from "js-tokens";

export const NAME = "__location"; // see frame-place.js
const OWNERS = new Set(["window", "self", "globalThis", "document"]);
const BLANK = new Set(["WhiteSpace", "LineTerminatorSequence", "SingleLineComment", "MultiLineComment"]);
const WORTH_A_LOOK = /\blocation\b|\bimport\b|\bfrom\b/;

// Returns what a module imports, as it stands there.
export function importsOf(source) {
  return tokensOf(source).filter((token) => isImported(token)).map(({ value }) => textOf(value));
}

// `modules` has what to import instead, by what stands there.
export function rewriteScript(source, modules = new Map()) {
  if (!WORTH_A_LOOK.test(source)) return source;
  return tokensOf(source, { blank: true })
    .map((token) => {
      if (isLocation(token)) return NAME;
      if (isImported(token) && modules.has(textOf(token.value)))
        return JSON.stringify(modules.get(textOf(token.value)));
      return token.value;
    })
    .join("");
}

// Each token with the two before it and the one after it; blanks and comments are none of those.
function tokensOf(source, { blank = false } = {}) {
  const all = [...jsTokens(source)];
  const solid = all.filter(({ type }) => !BLANK.has(type));
  solid.forEach((token, at) => {
    [token.before, token.last, token.next] = [solid[at - 2]?.value, solid[at - 1]?.value, solid[at + 1]?.value];
  });
  return blank ? all : solid;
}

function isLocation({ type, value, before, last, next }) {
  if (type !== "IdentifierName" || value !== "location") return false;
  if (last === "." || last === "?.") return OWNERS.has(before);
  const isKey = next === ":" && (last === "{" || last === ",");
  return !isKey && last !== "#";
}

function isImported({ type, last, before }) {
  if (type !== "StringLiteral") return false;
  return last === "import" || last === "from" || (last === "(" && before === "import");
}

function textOf(literal) {
  return literal.slice(1, -1);
}

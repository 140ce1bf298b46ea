// Which language a file is in. Python comes with the editor; the web's are loaded when asked for.

import { pythonLanguage } from "@codemirror/lang-python";
import { indentUnit } from "@codemirror/language";

const WEB = { css: "css", html: "html", js: "js", json: "json", mjs: "js", svg: "html" };
const PYTHON = [pythonLanguage, indentUnit.of("    ")];

export async function languageOf(path, text) {
  const ending = path.slice(path.lastIndexOf(".") + 1);
  if (ending === "py") return PYTHON;
  if (!(ending in WEB)) return [];
  const { languages } = await import("./web.js");
  const isTemplate = WEB[ending] === "html" && /\{[{%#]/.test(text);
  return languages[isTemplate ? "jinja" : WEB[ending]]();
}

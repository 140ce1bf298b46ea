// The languages of pages, loaded when such a file is first shown.

import { css } from "@codemirror/lang-css";
import { html } from "@codemirror/lang-html";
import { javascript } from "@codemirror/lang-javascript";
import { jinja } from "@codemirror/lang-jinja";
import { json } from "@codemirror/lang-json";

export const languages = { css, html, jinja, js: javascript, json };

// CodeMirror, set up for examples: a bundle of its own, loaded when a reader first edits.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { StyleModule } from "style-mod";
import { languageOf } from "./languages.js";
import { marksField, setMarks } from "./linemarks.js";

const KEYS = [
  indentWithTab, // Escape, then Tab, leaves: CodeMirror sees to that
  ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"), // which runs the example
  ...historyKeymap,
];

const LANGUAGE = new Compartment();

// Names for the classes of live.css: its colors are those of all code of the site.
const KINDS = tagHighlighter(
  Object.entries({
    comment: [tags.comment],
    constant: [tags.bool, tags.null, tags.atom],
    function: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    keyword: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self, tags.tagName],
    name: [tags.className, tags.definition(tags.className), tags.attributeName],
    number: [tags.number, tags.color, tags.unit],
    operator: [tags.operator, tags.punctuation, tags.meta, tags.angleBracket],
    special: [tags.escape, tags.regexp, tags.brace],
    string: [tags.string, tags.special(tags.string), tags.attributeValue],
  }).flatMap(([name, kinds]) => kinds.map((tag) => ({ tag, class: `live-code-${name}` }))),
);

// Styles that are put into the document as text are what a strict Content-Security-Policy forbids;
// sheets that a script makes are not.
const sheets = new Map();
StyleModule.mount = (root, modules) => {
  const wanted = [modules].flat().map(sheetOf);
  const others = root.adoptedStyleSheets.filter((sheet) => !wanted.includes(sheet));
  root.adoptedStyleSheets = [...others, ...wanted];
};

function sheetOf(module) {
  if (!sheets.has(module)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(module.getRules());
    sheets.set(module, sheet);
  }
  return sheets.get(module);
}

// The files of an example in one editor, of which one is shown.
export class CodeView {
  // `describedBy` is the id of what tells how to leave; `changed` gets a file's name and its text.
  constructor({ parent, describedBy, changed }) {
    this.describedBy = describedBy;
    this.changed = changed;
    this.states = new Map();
    this.path = null;
    this.view = new EditorView({ parent });
  }

  show(path, { text, marks }) {
    if (this.path !== null) this.states.set(this.path, this.view.state);
    this.path = path;
    const isNew = !this.states.has(path);
    this.view.setState(isNew ? this.makeState(path, text) : this.states.get(path));
    this.mark(marks);
    if (isNew) this.color(path, text);
  }

  // A language may have to be loaded: the code is there before its colors, or without them.
  async color(path, text) {
    const effects = LANGUAGE.reconfigure(await languageOf(path, text).catch(() => []));
    if (this.path === path) this.view.dispatch({ effects });
    else if (this.states.has(path))
      this.states.set(path, this.states.get(path).update({ effects }).state);
  }

  makeState(path, text) {
    return EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        indentOnInput(),
        bracketMatching(),
        LANGUAGE.of([]),
        syntaxHighlighting(KINDS),
        marksField,
        keymap.of(KEYS),
        EditorView.contentAttributes.of({
          "aria-label": `Code of ${path}. Control-Enter runs it.`,
          "aria-describedby": this.describedBy,
          tabindex: "0", // it is in the order of tabs anyway; this says so
        }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) this.changed(path, state.doc.toString());
        }),
      ],
    });
  }

  // Takes back all edits, and with them the steps to undo.
  forget() {
    this.states.clear();
    this.path = null;
  }

  mark(marks) {
    this.view.dispatch({ effects: setMarks.of(marks) });
  }

  focus(offset) {
    this.view.focus();
    if (offset === undefined) return;
    const anchor = Math.min(offset, this.view.state.doc.length);
    this.view.dispatch({ selection: { anchor }, scrollIntoView: true });
  }
}

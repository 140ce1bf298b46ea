// The files of an example, a tab for each, in the place of the highlighted code.
// CodeMirror comes when a reader first edits.

import { Tabs } from "./tabs.js";
import { make } from "./view.js";

const NO_TEXT = /[\udc80-\udcff]/u; // bytes that are no UTF-8: see files.py
const LOADING = "Loading the editor…";
const LEAVING = "Ctrl-Enter runs the code. Escape, then Tab, leaves it.";

let created = 0;
let loading = null;

function load(base) {
  loading ??= import(/* a bundle of its own */ `${base}codemirror.js`).catch(() => {
    loading = null; // the next click tries again
    throw new Error("The editor could not be downloaded. Are you online? Click again to retry.");
  });
  return loading;
}

export function isSame(files, others) {
  return Object.entries(files).every(([path, text]) => others[path] === text);
}

export class Editor {
  // `base` is where the bundle is; `changed` is called after each edit.
  constructor(element, { example, base, changed }) {
    this.code = element.querySelector(".highlight");
    this.example = example;
    this.base = base;
    this.changed = changed;
    this.texts = { ...example.files };
    this.marks = [];
    this.shown = example.main;
    this.element = null;
  }

  // All files of the example, as they are now.
  get files() {
    return { ...this.texts };
  }

  // The names of those that can be edited, the main one first.
  get paths() {
    const { main, files } = this.example;
    const others = Object.keys(files).filter((path) => path !== main && !NO_TEXT.test(files[path]));
    return [main, ...others];
  }

  get text() {
    return this.texts[this.shown];
  }

  get isEdited() {
    return !isSame(this.texts, this.example.files);
  }

  get isShown() {
    return this.element !== null && !this.element.hidden;
  }

  async toggle(point, status) {
    if (this.isShown) return this.close();
    const before = status.textContent;
    status.textContent = LOADING;
    const failure = await this.open(point).catch((error) => error.message);
    if (status.textContent === LOADING) status.textContent = failure ?? before;
  }

  // Shows the editor. `point`: where the reader clicked into the highlighted code; `null`: nobody
  // clicked, and the focus stays where it is.
  async open(point) {
    const offset = point && this.offsetAt(point);
    const { activeElement } = document;
    const { CodeView } = await load(this.base);
    if (this.element === null) this.build(CodeView);
    this.element.hidden = false;
    this.code.hidden = true;
    this.show(this.shown);
    // Keys that were typed elsewhere would be the theme's shortcuts, which leave the page. But who
    // went on while the editor came is let go.
    if (point !== null && activeElement === document.activeElement) this.view.focus(offset);
  }

  // Edited code must not hide behind the look of the original.
  close() {
    if (this.isEdited) return;
    this.element.hidden = true;
    this.code.hidden = false;
    this.changed();
  }

  build(CodeView) {
    const hint = make("div", { className: "live-keys", id: `live-keys-${(created += 1)}` });
    hint.textContent = LEAVING;
    const panel = make("div", { className: "live-source" });
    this.tabs = new Tabs(this.paths, { panel, chosen: (path) => this.show(path) });
    this.element = make("div", { className: "live-editor", hidden: true });
    this.element.append(this.tabs.element, panel, hint);
    this.code.after(this.element);
    this.view = new CodeView({
      parent: panel,
      describedBy: hint.id,
      changed: (path, text) => {
        this.texts[path] = text;
        this.marks = this.marks.filter(({ file }) => file !== path);
        this.tabs.count(this.marks);
        this.changed();
      },
    });
  }

  show(path) {
    this.shown = path;
    this.tabs.choose(path);
    this.tabs.count(this.marks);
    this.view.show(path, { text: this.texts[path], marks: this.marksOf(path) });
    this.changed();
  }

  reset() {
    this.texts = { ...this.example.files };
    this.marks = [];
    this.shown = this.example.main;
    if (this.element === null) return;
    this.view.forget();
    this.close();
  }

  // Marks lines with what went wrong there: {file, line, text}.
  mark(marks) {
    this.marks = [...this.marks, ...marks];
    this.refreshMarks();
  }

  clearMarks() {
    this.marks = [];
    this.refreshMarks();
  }

  marksOf(path) {
    const own = this.marks.filter(({ file }) => file === path);
    // One error may come with each request: it is told once.
    return [...new Map(own.map((mark) => [`${mark.line} ${mark.text}`, mark])).values()];
  }

  refreshMarks() {
    if (!this.isShown) return;
    this.tabs.count(this.marks);
    this.view.mark(this.marksOf(this.shown));
  }

  // The place in the file of a point in the highlighted code, which may be a part of the file.
  offsetAt({ x, y }) {
    const place = document.caretPositionFromPoint?.(x, y);
    const block = this.code.querySelector("pre code, pre");
    if (!place || !block?.contains(place.offsetNode)) return undefined;
    const before = document.createRange();
    before.setStart(block, 0);
    before.setEnd(place.offsetNode, place.offset);
    const start = this.texts[this.example.main].indexOf(block.textContent.trimEnd());
    return start < 0 ? undefined : start + before.toString().length;
  }
}

// A plain text area in the place of the highlighted code.

import { make } from "./view.js";

const MOST_ROWS = 40;

export class Editor {
  // `code` is the highlighted code, `source` its text; `changed` is called after each edit.
  constructor({ code, source, name, changed }) {
    this.code = code;
    this.source = source;
    this.name = name;
    this.changed = changed;
    this.area = null;
  }

  get value() {
    return this.area ? this.area.value : this.source;
  }

  get isEdited() {
    return this.value !== this.source;
  }

  get isShown() {
    return this.area !== null && !this.area.hidden;
  }

  toggle() {
    this.area ??= this.makeArea();
    // Edited code must not hide behind the look of the original.
    this.area.hidden = this.isShown && !this.isEdited;
    this.code.hidden = !this.area.hidden;
    // Keys that were typed elsewhere would be the theme's shortcuts, which leave the page.
    if (this.isShown) this.area.focus({ preventScroll: true });
  }

  reset() {
    if (this.area === null) return;
    this.area.value = this.source;
    this.area.hidden = true;
    this.code.hidden = false;
    this.fit();
  }

  makeArea() {
    const area = make("textarea", {
      className: "live-editor",
      value: this.source,
      spellcheck: false,
      autocapitalize: "off",
      wrap: "off",
      hidden: true,
    });
    area.setAttribute("aria-label", `Code of ${this.name}. Control-Enter runs it.`);
    area.addEventListener("input", () => {
      this.fit();
      this.changed();
    });
    this.code.after(area);
    this.area = area;
    this.fit();
    return area;
  }

  fit() {
    this.area.rows = Math.min(MOST_ROWS, this.area.value.split("\n").length + 1);
  }
}

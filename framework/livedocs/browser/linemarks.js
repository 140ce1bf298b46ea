// Errors at lines of the code: a mark at the line, and the words below it.

import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

export const setMarks = StateEffect.define(); // of {line, text}

class Message extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }

  eq(other) {
    return other.text === this.text;
  }

  toDOM() {
    const element = document.createElement("div");
    element.className = "live-mark";
    element.textContent = this.text;
    return element;
  }
}

const LINE = Decoration.line({ class: "live-marked" });

export const marksField = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(setMarks)) return decorate(transaction.state.doc, effect.value);
    // What is edited may be mended, and its lines have other numbers.
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate(doc, marks) {
  const shown = marks.filter(({ line }) => line >= 1 && line <= doc.lines);
  const ranges = shown.flatMap(({ line, text }) => {
    const { from, to } = doc.line(line);
    const widget = Decoration.widget({ widget: new Message(text), block: true, side: 1 });
    return [LINE.range(from), widget.range(to)];
  });
  return Decoration.set(ranges, true);
}

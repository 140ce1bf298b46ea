// The buttons below the code, and what they tell of its state.

import { button, make } from "./view.js";

export const BUSY = ["booting", "starting"];

export class Buttons {
  // `bar` has Run and Edit already.
  constructor(bar, { stop, reset }) {
    this.run = bar.querySelector(".live-run");
    this.edit = bar.querySelector(".live-edit");
    this.stop = button("live-stop", "Stop", stop);
    this.reset = button("live-reset", "Reset", reset);
    this.mark = make("span", { className: "live-edited" });
    this.edit.after(this.stop, this.reset, this.mark);
  }

  // `hasNoPython`: it could not be loaded; `isStale`: what runs is not what the editor has.
  update(state, { hasNoPython, isEdited, isShown, isStale }) {
    const again = state === "failed" && hasNoPython ? "Retry" : "Run again";
    this.run.textContent = state === "idle" ? "Run" : again;
    this.edit.setAttribute("aria-pressed", String(isShown));
    this.mark.textContent = isStale ? "edited, not run yet" : "edited";
    this.mark.hidden = !isEdited && !isStale;
    this.show(this.stop, state === "running" || BUSY.includes(state));
    this.show(this.reset, state !== "idle" || isEdited);
  }

  // A button that goes must not take the focus with it.
  show(control, isShown) {
    if (!isShown && control === document.activeElement) this.run.focus({ preventScroll: true });
    control.hidden = !isShown;
  }
}

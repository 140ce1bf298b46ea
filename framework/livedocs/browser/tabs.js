// A tab for each file of an example.
// Source: ARIA Authoring Practices Guide, Tabs Pattern (with automatic activation).

import { button, make } from "./view.js";

let created = 0;

export class Tabs {
  // `panel` is what the tabs change; `chosen` gets the path of the tab that the reader chose.
  constructor(paths, { panel, chosen }) {
    const name = `live-tabs-${(created += 1)}`;
    this.chosen = chosen;
    this.panel = panel;
    this.tabs = new Map(paths.map((path, number) => [path, this.make(path, `${name}-${number}`)]));
    this.element = make("div", { className: "live-tabs", role: "tablist" }, this.tabs.values());
    this.element.setAttribute("aria-label", "Files");
    this.element.addEventListener("keydown", (event) => this.key(event));
    Object.assign(panel, { id: `${name}-panel`, role: "tabpanel" });
  }

  make(path, id) {
    const tab = button("live-tab", path, () => this.chosen(path));
    Object.assign(tab, { id, role: "tab" });
    tab.dataset.path = path;
    return tab;
  }

  choose(path) {
    for (const [name, tab] of this.tabs) {
      const isChosen = name === path;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      // Only the panel of the chosen tab is there.
      if (isChosen) tab.setAttribute("aria-controls", this.panel.id);
      else tab.removeAttribute("aria-controls");
    }
    this.panel.setAttribute("aria-labelledby", this.tabs.get(path).id);
  }

  // Tells at each tab how many errors its file has.
  count(marks) {
    for (const [path, tab] of this.tabs) {
      const lines = new Set(marks.filter(({ file }) => file === path).map(({ line }) => line));
      const words = lines.size === 1 ? "1 error" : `${lines.size} errors`;
      const note = make("span", { className: "live-tab-note", textContent: words });
      tab.replaceChildren(path, ...(lines.size > 0 ? [" ", note] : []));
    }
  }

  key(event) {
    const tabs = [...this.tabs.values()];
    const at = tabs.indexOf(event.target);
    const next = {
      ArrowLeft: tabs.at(at - 1),
      ArrowRight: tabs[(at + 1) % tabs.length],
      Home: tabs[0],
      End: tabs.at(-1),
    }[event.key];
    if (at < 0 || next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // arrows are also the theme's
    next.click();
    next.focus({ preventScroll: true });
  }
}

// The parts of a panel: what runs the example, and where that shows.

import { addressBar } from "./address.js";
import { Log } from "./log.js";
import { Previews } from "./preview.js";
import { Responses } from "./responses.js";
import { button, make } from "./view.js";

export function layOut(panel) {
  panel.stopButton = button("live-stop", "Stop", () => panel.stop());
  panel.resetButton = button("live-reset", "Reset", () => panel.reset());
  panel.runButton = panel.bar.querySelector(".live-run");
  panel.editButton = panel.bar.querySelector(".live-edit");
  panel.editButton.setAttribute("aria-pressed", "false");
  panel.mark = make("span", { className: "live-edited", textContent: "edited", hidden: true });
  panel.editButton.after(panel.stopButton, panel.resetButton, panel.mark);
  panel.body = make("div", { className: "live-panel" });
  panel.responses = new Responses();
  panel.previews = new Previews(panel);
  panel.log = new Log(panel.isApp ? "Server log" : "Output");
  if (panel.isApp)
    panel.body.append(
      addressBar(panel.example.steps.find(({ session }) => !session), (own) =>
        own.method === "WebSocket" ? panel.connect(own) : panel.send(own),
      ),
      panel.responses.element,
      panel.log.element,
    );
  else panel.body.append(panel.log.element, panel.responses.element);
  panel.body.hidden = true;
  panel.bar.after(panel.body);
  panel.element.addEventListener("keydown", (event) => panel.key(event));
  panel.setState("idle", "");
}

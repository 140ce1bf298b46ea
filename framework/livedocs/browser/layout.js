// The parts of a panel: what runs the example, and where that shows.

import { addressBar } from "./address.js";
import { Buttons } from "./buttons.js";
import { Log } from "./log.js";
import { Previews } from "./preview.js";
import { Responses } from "./responses.js";
import { toolsRow } from "./tools.js";
import { make } from "./view.js";

export function layOut(panel) {
  const [stop, reset] = [() => panel.stop(), () => panel.reset()];
  panel.buttons = new Buttons(panel.bar, { stop, reset });
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
  panel.bar.after(panel.body, toolsRow(panel));
  panel.element.addEventListener("keydown", (event) => panel.key(event));
  panel.setState("idle", "");
}

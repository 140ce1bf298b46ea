// What runs in a preview's frame, before the app's own page: it gives the page the app for a
// server. The frame has no origin, and its policy lets it load nothing.

import { interceptNavigation } from "./frame-forms.js";
import { Documents } from "./frame-html.js";
import { Link } from "./frame-link.js";
import { Place } from "./frame-place.js";
import { shimEventSource } from "./frame-events.js";
import { shimFetch } from "./frame-fetch.js";
import { shimLate } from "./frame-late.js";
import { shimStorage } from "./frame-storage.js";
import { rewriteScript } from "./frame-script.js";
import { shimConsole, textOf, watchErrors } from "./frame-console.js";
import { shimWebSocket } from "./frame-socket.js";

addEventListener("message", ({ data, source, ports: [port] }) => {
  if (source === parent && data?.type === "page" && port) begin(data, new Link(port));
});

async function begin(page, link) {
  const place = new Place(link, page);
  const documents = new Documents({ fetch: shimFetch(link, place), note: (text) => link.log("warn", text) });
  const html = await documents.prepare(page.html, page.url);
  shimConsole(link);
  shimStorage(link, page);
  shimEventSource();
  shimWebSocket(link, place);
  shimLate(documents);
  document.open(); // takes the listeners away, and leaves all else as it is
  place.install();
  watchErrors(link);
  interceptNavigation(place);
  // By then its scripts have run, and nobody presses a button that does nothing yet.
  document.addEventListener("DOMContentLoaded", () => link.send("ready"), { once: true });
  document.write(html);
  document.close();
  const tell = () => link.send("title", { text: document.title });
  if (page.client !== undefined) runClient(page.client, link);
  new MutationObserver(tell).observe(document, { subtree: true, childList: true, characterData: true });
  tell();
}

// A documented script that has no page of its own.
function runClient(source, link) {
  const blob = new Blob([rewriteScript(source)], { type: "text/javascript" });
  const settled = (error) => link.send("settled", { error });
  import(URL.createObjectURL(blob)).then(() => settled(null), (error) => settled(textOf(error)));
}

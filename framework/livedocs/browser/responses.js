// Where responses show: beside their documented request, or in the panel.

import { StreamView } from "./stream.js";
import { ClientView, TalkView } from "./talk.js";
import { make, responseView } from "./view.js";

const SHOWN = 20;

export class Responses {
  constructor() {
    this.element = make("div", { className: "live-responses", role: "log" });
    this.element.setAttribute("aria-label", "Responses");
    this.places = new Set(); // where responses stand beside their documented requests
  }

  clear() {
    this.element.replaceChildren();
    for (const place of this.places) place.replaceChildren();
  }

  // A response, or the end of one that came as a stream, or of a conversation.
  show(request, message) {
    const { stream } = request;
    if (request.view) request.view.end(message);
    else if (stream && message.error) stream.breakOff(message);
    else if (stream) stream.element.replaceWith(responseView(request, message));
    else this.put(request, responseView(request, message));
  }

  // A part of a response; `stop` ends it.
  add(request, message, stop) {
    if (!request.stream) {
      request.stream = new StreamView(request, stop);
      this.put(request, request.stream.element);
    }
    request.stream.add(message);
  }

  // What is said over WebSockets; `actions` are those of a client of the reader's own.
  open(request, actions) {
    if (request.view) request.view.begin(request.exchange);
    else request.view = request.isOwn ? new ClientView(request, actions) : new TalkView(request);
    if (!request.view.element.isConnected) this.put(request, request.view.element);
  }

  put({ place, isOwn }, view) {
    if (place) {
      this.places.add(place.responses);
      // The reader's clients stay beside a response.
      const others = place.responses.querySelectorAll(":scope > :not(.live-client)");
      if (!isOwn) for (const other of others) other.remove();
      place.responses[isOwn ? "append" : "prepend"](view);
      return;
    }
    this.element.prepend(view);
    while (this.element.children.length > SHOWN) this.element.lastChild.remove();
  }
}

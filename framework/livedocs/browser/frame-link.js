// The frame's end of the line to the page around it.

export class Link {
  constructor(port) {
    this.port = port;
    this.count = 0;
    this.open = new Map(); // functions for messages by their types, of what is under way
    this.others = {}; // those for messages about nothing in particular
    port.onmessage = ({ data }) => this.receive(data);
  }

  receive({ type, id, ...message }) {
    if (message.cookies !== undefined) this.others.cookies?.(message.cookies);
    const on = id === undefined ? this.others : this.open.get(id);
    if (type === "over") this.open.delete(id);
    on?.[type]?.(message);
  }

  send(type, fields = {}) {
    this.port.postMessage({ type, ...fields });
  }

  begin(type, fields, on) {
    const id = (this.count += 1);
    this.open.set(id, on);
    this.send(type, { id, ...fields });
    return id;
  }

  abort(id) {
    if (this.open.delete(id)) this.send("abort", { id });
  }

  log(level, text, line = null) {
    this.send("log", { level, text, line });
  }
}

// What an example shows once it is run or edited. Loaded by the first click.

import { BUSY } from "./buttons.js";
import { Runtime } from "./client.js";
import { Editor, isSame } from "./editor.js";
import { layOut } from "./layout.js";
import { orderHint } from "./order.js";
import { clientRequest } from "./talk.js";
import { outputView, stageText } from "./view.js";

const CHANGED = "You changed the code, which may be why.";
const OTHER = "Stopped, because another run began.";

export { unpack } from "./share.js";

export function connect(settings) {
  return new Runtime(settings);
}

export class Panel {
  constructor(element, example, runtime) {
    this.element = element;
    this.example = example;
    this.runtime = runtime;
    const { base } = runtime.settings;
    this.editor = new Editor(element, { example, base, changed: () => this.changed() });
    this.ran = null; // the files of the last run
    this.bar = element.querySelector(".live-bar");
    this.status = element.querySelector(".live-status");
    this.exchanges = new Map();
    this.sent = []; // ids of the requests since the start, `null` for the reader's own
    this.queue = []; // requests clicked before the app was ready
    this.count = 0;
    this.clients = 0; // those that the reader has connected since the start
    layOut(this);
  }

  get isApp() {
    return this.example.kind === "app";
  }

  get state() {
    return this.element.dataset.state;
  }

  // Whether it runs soon.
  get isStarting() {
    return BUSY.includes(this.state);
  }

  // Why something may differ without anybody's fault; `otherwise`: as long as the code is the
  // documented one.
  why(otherwise) {
    return isSame(this.ran, this.example.files) ? otherwise : CHANGED;
  }

  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.run();
  }

  setState(state, text) {
    this.element.dataset.state = state;
    this.say(text);
    this.changed();
    this.status.classList.toggle("live-busy", this.isStarting);
  }

  // --- Running -----------------------------------------------------------------------------------

  async run() {
    this.mirror = undefined;
    await this.begin();
  }

  async begin() {
    const attempt = (this.attempt = {});
    this.queue = [];
    this.clear();
    this.bootFailed = false;
    this.body.hidden = false;
    this.setState("booting", "Starting Python…");
    const isWanted = () => attempt === this.attempt && this.element.isConnected;
    try {
      const progress = (stage) =>
        isWanted() && this.state === "booting" && this.say(stageText(stage));
      const makeExample = () => this.program();
      if (!(await this.runtime.start(this, { progress, isWanted, makeExample }))) return;
    } catch (error) {
      if (isWanted()) this.failBoot(error);
      return;
    }
    this.clear();
    this.setState("starting", this.isApp ? "Starting the app…" : "Running…");
  }

  program() {
    this.ran = this.editor.files;
    return { ...this.example, files: this.ran };
  }

  failBoot(error) {
    this.bootFailed = true;
    this.setState("failed", "Python could not be loaded.");
    this.log.write("err", `${error.message}\n`);
    this.log.flush();
  }

  say(text) {
    this.status.textContent = text;
    if (this.mirror) this.mirror.textContent = this.state === "running" ? "" : text;
  }

  clear() {
    this.exchanges.clear();
    this.sent = [];
    this.clients = 0;
    this.responses.clear();
    this.log.clear();
    this.editor.clearMarks();
  }

  async stop() {
    this.attempt = null;
    this.queue = [];
    if (this.runtime.owner === this) await this.runtime.stop();
    else this.setState("stopped", "Stopped.");
  }

  async reset() {
    await this.stop();
    this.editor.reset();
    this.clear();
    this.previews.clear();
    this.body.hidden = true;
    this.setState("idle", "");
  }

  // --- Messages of the runner ---------------------------------------------------------------------

  receive(message) {
    if (message.type !== "log") this.log.flush();
    const handler = {
      started: () => this.started(message),
      log: () => this.log.write(message.stream, message.text),
      marks: () => this.editor.mark(message.marks),
      stream: () => this.streamed(message),
      turn: () => this.exchanges.get(message.exchange)?.view.add(message),
      response: () => this.answered(message),
      finished: () => this.finished(message),
      failed: () => this.failed(message),
      stopped: () => this.stopped(message),
    }[message.type];
    if (handler) handler();
    else this.previews.receive(message);
  }

  started() {
    this.runtime.mark("started");
    this.setState("running", "Running.");
    const waiting = this.queue;
    this.queue = [];
    for (const request of waiting) this.dispatch(request);
    this.previews.started();
  }

  finished(message) {
    this.runtime.timings.response ??= performance.now();
    this.setState("stopped", "Finished.");
    this.responses.element.append(outputView(message, this.why("")));
  }

  failed({ traceback }) {
    this.log.write("err", traceback);
    this.log.flush();
    const app =
      this.state === "running" ? "The app ended with an error." : "The app did not start.";
    this.setState("failed", this.isApp ? app : `The ${this.example.kind} ended with an error.`);
    this.dropWaiting("The app failed");
  }

  stopped({ terminated }) {
    this.dropWaiting("The app was stopped");
    if (this.state === "booting") return; // our next run began already
    const isOurs = this.attempt === null;
    const text = terminated
      ? "Stopped by force: it was busy. Its shutdown did not run."
      : "Stopped.";
    this.setState("stopped", isOurs || terminated ? text : OTHER);
  }

  // --- Requests -----------------------------------------------------------------------------------

  // `place`: where the documented request stands, if it was sent from there.
  sendStep(step, place) {
    this.mirror = place?.status;
    const { id, label, request } = step;
    this.send({ step: id, label, request, place, isTalk: step.talk !== undefined });
  }

  // Connects a client of the reader's own over a WebSocket; `place` as above.
  connect(client) {
    this.mirror = client.place?.status;
    this.clients += 1;
    this.send(clientRequest(client, this.example, this.clients));
  }

  send(request) {
    if (this.state === "running") {
      this.dispatch(request);
      return;
    }
    if (!this.isStarting) this.begin();
    this.queue.push(request);
  }

  dispatch(request) {
    const exchange = (this.count += 1);
    this.element.dataset.exchanges = String(exchange);
    const hint = this.why(orderHint(this.example.steps, this.sent, request.step));
    const entry = { ...request, exchange, hint };
    this.exchanges.set(exchange, entry);
    this.sent.push(request.step ?? null);
    const say = (number, text) => this.runtime.send({ type: "say", exchange: number, text });
    if (request.isTalk) this.responses.open(entry, { say, connect: () => this.send(entry) });
    const type = request.isOwn ? "connect" : "send";
    this.runtime.send({ type, exchange, step: request.step, request: request.request });
  }

  answered(message) {
    const request = this.exchanges.get(message.exchange);
    this.exchanges.delete(message.exchange);
    if (!request) return;
    this.responses.show(request, message);
    this.previews.offer(request, message);
  }

  streamed(message) {
    const { exchange } = message;
    const request = this.exchanges.get(exchange);
    const leave = () => this.runtime.send({ type: "leave", exchange });
    if (request) this.responses.add(request, message, leave);
  }

  // Starts the app unless it runs, for what stands at a place.
  wake(place) {
    this.mirror = place?.status;
    this.body.hidden = false;
    if (!this.isStarting && this.state !== "running") this.begin();
  }

  dropWaiting(reason) {
    this.previews.ended();
    for (const request of this.exchanges.values()) {
      const error = `${reason}${request.isOwn ? "" : " before it answered"}.`;
      this.responses.show(request, { error, verdict: "undocumented" });
    }
    this.exchanges.clear();
  }

  // --- Editing ------------------------------------------------------------------------------------

  // `point`: where the reader clicked into the code; `null`: nobody clicked.
  edit(point) {
    return this.editor.toggle(point, this.status);
  }

  changed() {
    const { isEdited, isShown, files } = this.editor;
    const isStale = this.state === "running" && !isSame(files, this.ran);
    const hasNoPython = this.bootFailed;
    this.buttons.update(this.state, { hasNoPython, isEdited, isShown, isStale });
  }
}

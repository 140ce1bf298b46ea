// The page's side of the worker: one worker per visit, one running example at a time.

const STOP_MS = 1000; // an example that has not stopped by then is terminated with the worker

export class Runtime {
  constructor({ timings, ...settings }) {
    this.settings = settings;
    // A worker made of a blob has the security policy of the page, also of one in <meta>.
    const source = `import ${JSON.stringify(`${settings.base}worker.js`)};`;
    this.script = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.timings = timings;
    this.worker = null;
    this.booting = null;
    this.hasFailed = false;
    this.run = 0;
    this.owner = null; // the panel whose example runs
    this.stopping = null; // a promise, while it is being stopped
    this.ended = null; // resolves that promise
  }

  mark(name) {
    this.timings[name] = performance.now();
  }

  // Resolves when Python is ready; `progress` gets the stages.
  boot(progress) {
    this.progress = progress;
    this.booting ??= new Promise((resolve, reject) => {
      this.mark("boot");
      this.resolve = resolve;
      this.reject = reject;
      this.worker = new Worker(this.script, { type: "module" });
      this.worker.onmessage = ({ data }) => this.receive(data);
      this.worker.onerror = (event) => {
        event.preventDefault();
        this.fail(
          event.message
            ? `The worker that runs Python broke down: ${event.message}`
            : "The worker that runs Python could not be loaded. Are you online?",
        );
      };
      // After a failure the browser's cache may hold what was damaged.
      const cache = this.hasFailed ? "reload" : "default";
      this.worker.postMessage({ type: "boot", cache, ...this.settings });
    });
    return this.booting;
  }

  fail(message) {
    this.hasFailed = true;
    this.kill();
    this.reject(new Error(message));
    if (this.owner) this.finish({ type: "failed", traceback: `${message}\n` });
  }

  kill() {
    this.worker?.terminate();
    this.worker = null;
    this.booting = null;
  }

  receive(data) {
    const message = typeof data === "string" ? JSON.parse(data) : data;
    if (message.type === "stage") {
      this.mark(message.stage);
      this.progress?.(message);
    } else if (message.type === "ready") {
      this.mark("ready");
      this.hasFailed = false;
      this.resolve();
    } else if (message.type === "boot-failed" || message.type === "crashed") {
      this.fail(message.message);
    } else if (message.run === this.run && this.owner) {
      this.deliver(message);
    }
  }

  deliver(message) {
    if (message.type === "response") this.timings.response ??= performance.now();
    if (["failed", "finished", "stopped"].includes(message.type)) this.finish(message);
    else this.owner.receive(message);
  }

  finish(message) {
    const { owner, ended } = this;
    this.owner = this.ended = null;
    owner?.receive(message);
    ended?.();
  }

  // Runs an example for a panel as soon as Python is ready and runs nothing else; resolves to
  // whether it does. `isWanted` is asked after each wait, and `makeExample` right before the start:
  // nothing is awaited in between, so that two panels never start at once.
  async start(panel, { progress, isWanted, makeExample }) {
    do {
      while (this.owner !== null && isWanted()) await this.stop();
      if (isWanted()) await this.boot(progress);
      if (!isWanted()) return false;
    } while (this.owner !== null);
    this.run += 1;
    this.owner = panel;
    this.send({ type: "run", example: makeExample() });
    return true;
  }

  // A message to the example that runs.
  send(message) {
    this.worker.postMessage({ run: this.run, ...message });
  }

  // Ends the running example: at its shutdown, or with the worker when it does not listen.
  stop() {
    if (this.owner === null) return Promise.resolve();
    this.stopping ??= this.end().finally(() => {
      this.stopping = null;
    });
    return this.stopping;
  }

  async end() {
    const stopped = new Promise((resolve) => {
      this.ended = resolve;
    });
    this.send({ type: "stop" });
    const timer = setTimeout(() => {
      this.kill();
      this.finish({ type: "stopped", terminated: true });
    }, STOP_MS);
    await stopped;
    clearTimeout(timer);
  }

  // Stops the example of a page that was left.
  leave() {
    if (this.owner && !this.owner.element.isConnected) this.stop();
  }
}

// The worker: boots Python and carries messages between the page and runner.py.
// In:  {type: "boot", base, files, cache}, then the runner's messages (see runner.py).
// Out: {type: "stage", …}, {type: "ready"}, {type: "boot-failed", message}; the runner's messages
//      come as the JSON text that it made.

const MAGIC = [0x00, 0x61, 0x73, 0x6d]; // every WebAssembly file begins so: "\0asm"
const EMPTY_MODULE = new Uint8Array([...MAGIC, 1, 0, 0, 0]);
const NAMES = ["pyodide.asm.wasm", "python.zip", "project.zip", "native.zip"];
const PROJECT = "/lib/project.zip";
const NATIVE = "/lib/native";
const STALL_SECONDS = 20;

let receive = null; // the runner's function, once Python runs

self.addEventListener("message", ({ data }) => {
  if (data.type === "boot") {
    boot(data).catch((error) => post({ type: "boot-failed", message: plain(error) }));
  } else if (receive !== null) {
    receive(JSON.stringify(data));
  }
});

// An example can end Python itself, as by `os._exit`. Nobody awaits what raises that.
self.addEventListener("unhandledrejection", ({ reason }) => {
  if (reason?.name === "Exit" || reason?.name === "ExitStatus" || reason?.pyodide_fatal_error)
    post({ type: "crashed", message: `Python ended: ${plain(reason)}` });
});

function post(message) {
  self.postMessage(message);
}

function plain(error) {
  return error instanceof Error ? error.message : String(error);
}

async function boot({ base, files, cache }) {
  checkWebAssembly();
  const download = new Download(base, files, cache);
  const [{ loadPyodide }] = await download.orFailure(
    Promise.all([
      import(/* the file is copied, not bundled */ `${base}pyodide.mjs`),
      // Pyodide imports it later by the same address, and then finds it there.
      import(`${base}pyodide.asm.mjs`),
    ]),
  );
  const python = await download.orFailure(
    loadPyodide({
      indexURL: base,
      stdLibURL: `${base}python.zip`,
      packageBaseUrl: base, // else its error messages name a CDN
      lockFileContents: { info: { abi_version: "2026_0", arch: "wasm32" }, packages: {} },
      stdin: () => undefined,
      stdout: (text) => console.log(text),
      stderr: (text) => console.warn(text),
    }),
  );
  post({ type: "stage", stage: "packages" });
  python.FS.writeFile(PROJECT, await download.orFailure(download.bytes("project.zip")));
  // A folder of its own: Python may have listed the others already, and would not look again.
  const native = await download.orFailure(download.bytes("native.zip"));
  python.unpackArchive(native, "zip", { extractDir: NATIVE });
  python.pyimport("sys").path.extend(python.toPy([PROJECT, NATIVE]));
  download.release();
  const runner = python.pyimport("livedocs.browser.runner");
  runner.prepare((name) => fetchNow(base + name));
  const session = runner.connect((text) => self.postMessage(text));
  session.serve().catch((error) => post({ type: "crashed", message: plain(error) }));
  receive = session.receive_json;
  post({ type: "ready" });
}

function checkWebAssembly() {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch (error) {
    throw new Error(
      "This browser does not let the page run WebAssembly, which Python needs here " +
        `(${plain(error)}). A setting of the browser, an extension or the site's security ` +
        "policy forbids it.",
    );
  }
}

// Fetches a file while everything waits: Python's imports cannot do otherwise.
function fetchNow(url) {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${url} could not be downloaded.`);
  return new Uint8Array(request.response);
}

// Starts all downloads at once, counts their bytes and checks them. Pyodide asks for its files
// through `fetch` and waits for ever for a damaged one, so it gets ours, and we tell.
class Download {
  constructor(base, files, cache) {
    this.received = 0;
    this.responses = new Map();
    this.checks = [];
    this.fetch = self.fetch;
    this.warn = console.warn;
    this.total = NAMES.reduce((sum, name) => sum + files[name], 0);
    this.failure = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failure.catch(() => {}); // it may fail while nobody waits
    this.base = base;
    this.cache = cache;
    for (const name of NAMES) {
      this.responses.set(base + name, this.start(name, files[name]));
    }
    self.fetch = (input, init) =>
      this.take(String(input.url ?? input)) ?? this.fetch.call(self, input, init);
    // Pyodide tells of a failed WebAssembly start by a warning only. If it is a damaged file that
    // keeps it from starting, the check of that file says so better, and may take a moment more.
    console.warn = (...values) => {
      this.warn.apply(console, values);
      const error = values.find((value) => value instanceof Error);
      const tell = () => this.fail(new Error(`Python could not start: ${error.message}`));
      if (error) Promise.all(this.checks).then(tell);
    };
  }

  orFailure(promise) {
    return Promise.race([promise, this.failure]);
  }

  take(url) {
    const response = this.responses.get(url);
    this.responses.delete(url);
    return response;
  }

  async bytes(name) {
    return new Uint8Array(await (await this.take(this.base + name)).arrayBuffer());
  }

  release() {
    self.fetch = this.fetch;
    console.warn = this.warn;
  }

  async start(name, size) {
    try {
      const response = await this.fetch.call(self, this.base + name, { cache: this.cache });
      if (!response.ok) {
        throw new Error(`${name} could not be downloaded: the server answered ${response.status}.`);
      }
      this.checks.push(this.check(response.clone(), name, size).catch(this.fail));
      return response;
    } catch (error) {
      const reason =
        error instanceof TypeError
          ? `${name} could not be downloaded (${error.message}). Are you online?`
          : error.message;
      this.fail(new Error(reason));
      return new Promise(() => {}); // the failure tells; Pyodide need not
    }
  }

  async check(response, name, size) {
    const reader = response.body.getReader();
    const head = [];
    let length = 0;
    for (;;) {
      const { done, value } = await this.read(reader, name);
      if (done) break;
      if (head.length < MAGIC.length) head.push(...value.subarray(0, MAGIC.length - head.length));
      length += value.length;
      this.count(value.length);
    }
    const wanted = `Reload the page; if that does not help, a proxy or the server changes the file.`;
    if (name.endsWith(".wasm") && !MAGIC.every((byte, index) => byte === head[index])) {
      throw new Error(`${name} is not WebAssembly: its first bytes are wrong. ${wanted}`);
    }
    if (length !== size) {
      throw new Error(`${name} is damaged: ${length} of ${size} bytes came. ${wanted}`);
    }
  }

  async read(reader, name) {
    let timer;
    const stalled = new Promise((_, reject) => {
      const message = `${name} stopped coming: nothing for ${STALL_SECONDS} seconds.`;
      timer = setTimeout(() => reject(new Error(message)), STALL_SECONDS * 1000);
    });
    try {
      return await Promise.race([reader.read(), stalled]);
    } catch (error) {
      throw new Error(`${name} could not be downloaded whole (${plain(error)}).`);
    } finally {
      clearTimeout(timer);
    }
  }

  count(bytes) {
    this.received += bytes;
    const { received, total } = this;
    const now = performance.now();
    if (received < total && now - (this.told ?? 0) < 100) return;
    this.told = now;
    post({ type: "stage", stage: received < total ? "download" : "python", received, total });
  }
}

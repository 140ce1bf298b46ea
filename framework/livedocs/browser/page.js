// On every page with live examples: gives them Run and their documented requests as buttons.
// Everything else (panel, worker, Python) is loaded by the first click.

import { PREFIX } from "./share.js";
import { button, make } from "./view.js";

const assets = new URL(".", import.meta.url); // <site>/assets/live/
const live = new URL("../../_live/", assets);
const timings = {};
window.bocadilloLive = { timings };

let loading = null;

// Loads the panel's script and the list of the runtime's files, once.
function load() {
  loading ??= loadPanel().catch((error) => {
    loading = null; // Retry tries again
    throw error;
  });
  return loading;
}

async function loadPanel() {
  // The hash in the addresses changes with every build: never take the list from a cache unasked.
  const response = await fetch(new URL("manifest.json", live), { cache: "no-cache" }).catch(() => {
    throw new Error("What runs examples could not be downloaded. Are you online?");
  });
  if (!response.ok) {
    throw new Error(
      `The list of the runtime's files is missing: the server answered ${response.status}.`,
    );
  }
  const manifest = await response.json();
  const base = new URL(`${manifest.hash}/`, live).href;
  const module = await import(`${base}panel.js`);
  timings.panel = performance.now();
  const { Panel, connect, unpack } = module;
  return { Panel, unpack, runtime: connect({ ...manifest, base, timings }) };
}

function enhanceAll() {
  loading?.then(({ runtime }) => runtime.leave()).catch(() => {});
  for (const element of document.querySelectorAll(".live:not([data-state])")) {
    enhance(element);
  }
}

function enhance(element) {
  const example = JSON.parse(element.dataset.liveExample);
  const code = element.querySelector(".highlight");
  // The theme's copy button gives the whole file; of a session, what is typed (see fence.py).
  if (example.kind !== "session") code.dataset.copy = example.files[example.main];
  const bar = make("div", { className: "live-bar", role: "group" });
  bar.setAttribute("aria-label", `Run ${example.title || "this example"}`);
  const status = make("span", { className: "live-status", role: "status" });
  const block = { element, example, status };
  const act = (action, mirror) => start({ ...block, mirror }, action);
  code.addEventListener("click", (event) => {
    if (isToEdit(event)) act((panel) => panel.edit({ x: event.clientX, y: event.clientY }));
  });

  bar.append(button("live-run", "Run", () => act((panel) => panel.run())));
  bar.append(button("live-edit", "Edit", () => act((panel) => panel.edit())));
  for (const step of example.steps) {
    const go = () => act((panel) => panel.sendStep(step));
    const trigger = button("live-send", nameOf(step, example), go);
    trigger.dataset.step = step.id;
    trigger.title = `${verbOf(step)} ${nameOf(step, example)}`;
    bar.append(trigger);
  }
  const shown = example.steps.find(({ page }) => page);
  if (shown)
    bar.append(button("live-open", "Preview", () => act((panel) => panel.previews.open(shown.request.target))));
  bar.append(status);
  code.after(bar);
  for (const place of document.querySelectorAll(".live-step")) {
    if (place.dataset.liveFor === element.dataset.liveId) enhanceStep(place, example, act);
  }
  for (const place of document.querySelectorAll(".live-script")) {
    if (place.dataset.liveFor === element.dataset.liveId) enhanceScript(place, example, act);
  }
  element.dataset.state = "idle";
  if (location.hash.startsWith(PREFIX) && element.closest(".live-play")) openShared(block, act);
}

// A tap may only scroll, and who selects code wants to copy it.
function isToEdit({ target, pointerType }) {
  const isText = target.closest("pre") && !target.closest("a, button, label, summary");
  return isText && pointerType !== "touch" && getSelection().isCollapsed;
}

// Shows the code that a link carries. It is not run: it may come from anybody.
async function openShared({ element, example, status }, act) {
  const opening = load().then(({ unpack }) => unpack(location.hash.slice(PREFIX.length)));
  waiting.set(element, opening.catch(() => {}));
  try {
    Object.assign(example, await opening);
    await act((panel) => panel.edit(null));
    status.textContent = "From a link: read the code before you run it.";
  } catch (error) {
    status.textContent = error.message;
  }
}

// Gives a documented script its button; what it logs shows right below.
function enhanceScript(place, { clients }, act) {
  const client = clients.find(({ id }) => id === place.dataset.liveClient);
  const { bar, ...shown } = furnish(place, "Console");
  const run = () => act((panel) => panel.previews.run(client, shown), shown.status);
  const trigger = button("live-send", "Run", run);
  trigger.setAttribute("aria-label", "Run the script");
  bar.prepend(trigger);
}

// Gives a place in the page a bar for its buttons, and room for what comes of them.
function furnish(place, label) {
  const status = make("span", { className: "live-status", role: "status" });
  const bar = make("div", { className: "live-bar" }, [status]);
  const responses = make("div", { className: "live-responses", role: "log" });
  responses.setAttribute("aria-label", label);
  place.append(bar, responses);
  return { bar, status, responses };
}

// Gives a documented exchange its own button; the response shows right below.
function enhanceStep(place, example, act) {
  const { bar, ...shown } = furnish(place, "Response");
  const { status } = shown;
  const ids = place.dataset.liveStep.split(" ");
  for (const step of example.steps.filter(({ id }) => ids.includes(id))) {
    const full = `${verbOf(step)} ${nameOf(step, example)}`;
    const label = ids.length > 1 ? full : verbOf(step);
    const send = () => act((panel) => panel.sendStep(step, shown), status);
    const trigger = button("live-send", label, send);
    trigger.setAttribute("aria-label", full);
    bar.append(trigger);
    if (step.page) {
      const open = () => act((panel) => panel.previews.open(step.request.target, shown), status);
      bar.append(button("live-open", "Preview", open));
    }
    for (const { name, request } of step.clients ?? []) {
      const client = { name, request, place: shown, talk: step.talk };
      const connect = () => act((panel) => panel.connect(client), status);
      bar.append(button("live-connect", name ? `Connect as ${name}` : "Connect", connect));
    }
  }
  bar.append(status); // after the buttons
}

// A conversation over WebSockets runs, and so does what is typed at a prompt; a request is sent.
function verbOf({ talk, session }) {
  return talk === undefined && session === undefined ? "Send" : "Run";
}

// The label of a request; of several with the same one, also which of them it is.
function nameOf(step, { steps }) {
  const alike = steps.filter(({ label }) => label === step.label);
  return alike.length > 1 ? `${step.label} (${alike.indexOf(step) + 1})` : step.label;
}

const panels = new WeakMap();
const waiting = new WeakMap(); // promises, of examples that a link replaces

async function start(block, action) {
  timings.click ??= performance.now();
  try {
    await action(await panelOf(block));
  } catch (error) {
    block.element.dataset.state = "failed";
    (block.mirror ?? block.status).textContent = `${error.message} Click again to retry.`;
  }
}

async function panelOf(block) {
  const { element, example, status } = block;
  if (!panels.has(element)) {
    status.textContent = "Loading…";
    const { Panel, runtime } = await load();
    await waiting.get(element);
    status.textContent = "";
    if (!panels.has(element)) panels.set(element, new Panel(element, example, runtime));
  }
  return panels.get(element);
}

// A link to other code, opened on the page that shows code already.
addEventListener("hashchange", () => {
  if (location.hash.startsWith(PREFIX) && document.querySelector(".live-play")) location.reload();
});

// Material for MkDocs replaces the content on navigation and tells through `document$`.
if (window.document$) window.document$.subscribe(enhanceAll);
else enhanceAll();

// An example in a link: its files as JSON, compressed, as the part after `#`, which no server sees.

import { fromBase64, toBase64 } from "./base64.js";

const MOST_CHARACTERS = 40_000; // of a link: longer ones are cut by what carries them
const MOST_BYTES = 500_000; // of what is decompressed: a link may come from anybody
const MOST_FILES = 50;
const KINDS = { app: ".py", script: ".py", session: ".pycon" }; // with the end of their main file
const PATH = /^(?![./])[^\\\0]{1,200}$/;
const CURE = "Ask for the link again, or for the files.";

export const PREFIX = "#code=";

// Returns what stands after `PREFIX`.
export async function pack({ kind, main, files }) {
  const bytes = new TextEncoder().encode(JSON.stringify({ kind, main, files }));
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const packed = toUrl(toBase64(await new Response(stream).arrayBuffer()));
  if (packed.length <= MOST_CHARACTERS) return packed;
  throw new Error(
    `The code is too long for a link: ${packed.length} characters, ${MOST_CHARACTERS} are the ` +
      "most. Download it instead.",
  );
}

// Returns an example without documented requests; nothing of it is run or shown here.
export async function unpack(packed) {
  if (packed.length > MOST_CHARACTERS) throw broken(`it has ${packed.length} characters`);
  const text = await inflate(packed);
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    throw broken("it holds no JSON");
  }
  return { ...checked(found), steps: [], clients: [], output: null, raises: null };
}

function broken(why) {
  return new Error(`The code in this link cannot be read: ${why}. ${CURE}`);
}

async function inflate(packed) {
  try {
    const bytes = fromBase64(fromUrl(packed));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let [text, size] = ["", 0];
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.length;
      if (size > MOST_BYTES) {
        await reader.cancel();
        throw new RangeError(`it holds more than ${MOST_BYTES} bytes`);
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    throw broken(error instanceof RangeError ? error.message : "it was cut or changed on its way");
  }
}

function checked(found) {
  const { kind, main, files } = found ?? {};
  if (!Object.hasOwn(KINDS, kind)) throw broken(`its kind is ${JSON.stringify(kind)}`);
  if (files === null || typeof files !== "object" || Array.isArray(files))
    throw broken("it has no files");
  const paths = Object.keys(files);
  if (paths.length > MOST_FILES) throw broken(`it has ${paths.length} files`);
  const strange = paths.find((path) => !isPath(path) || typeof files[path] !== "string");
  if (strange !== undefined) throw broken(`${JSON.stringify(strange)} is no file of an example`);
  if (!Object.hasOwn(files, main) || !String(main).endsWith(KINDS[kind]))
    throw broken("it has no Python file to run");
  return { kind, main, title: main, files: { ...files } };
}

// Paths within the example's folder only.
function isPath(path) {
  return PATH.test(path) && path.split("/").every((part) => part !== "" && !/^\.+$/.test(part));
}

// Source: RFC 4648, section 5.
function toUrl(base64) {
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromUrl(text) {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

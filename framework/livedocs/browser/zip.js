// A zip archive of an example's files, as they are: nothing is compressed.
// Source: APPNOTE.TXT 6.3.10, .ZIP File Format Specification, 4.3 and 4.4.

const UTF8 = 1 << 11; // names are UTF-8
const VERSION = 20;
const NO_TEXT = /[\udc80-\udcff]/gu; // bytes that are no UTF-8: see files.py

const CRCS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

// Returns the archive's bytes; `files`: path to text.
export function zip(files, now = new Date()) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, data] = [new TextEncoder().encode(path), toBytes(text)];
    const facts = factsOf(name, data, now);
    const head = numbers([4, 0x04034b50], [2, VERSION], ...facts);
    const entry = [[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]];
    directory.push(numbers([4, 0x02014b50], [2, VERSION], [2, VERSION], ...facts, ...entry), name);
    parts.push(head, name, data);
    offset += head.length + name.length + data.length;
  }
  const size = lengthOf(directory);
  const count = directory.length / 2;
  const end = [[2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]];
  return join([...parts, ...directory, numbers([4, 0x06054b50], ...end)]);
}

// What a file's own header and its entry in the directory both tell.
function factsOf(name, data, now) {
  const time = (now.getHours() << 11) | (now.getMinutes() << 5) | (now.getSeconds() >> 1);
  const day = ((now.getFullYear() - 1980) << 9) | ((now.getMonth() + 1) << 5) | now.getDate();
  const { length } = data;
  const sizes = [[4, crcOf(data)], [4, length], [4, length], [2, name.length], [2, 0]];
  return [[2, UTF8], [2, 0], [2, time], [2, day], ...sizes];
}

// Each number with its size in bytes, the least byte first.
function numbers(...pairs) {
  return Uint8Array.from(
    pairs.flatMap(([size, number]) =>
      Array.from({ length: size }, (_, at) => (number >>> (8 * at)) & 0xff),
    ),
  );
}

function crcOf(data) {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ CRCS[(crc ^ byte) & 0xff];
  return ~crc >>> 0;
}

function toBytes(text) {
  const parts = [];
  let at = 0;
  for (const { 0: character, index } of text.matchAll(NO_TEXT)) {
    parts.push(new TextEncoder().encode(text.slice(at, index)));
    parts.push(Uint8Array.of(character.charCodeAt(0) & 0xff));
    at = index + 1;
  }
  return join([...parts, new TextEncoder().encode(text.slice(at))]);
}

function lengthOf(parts) {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function join(parts) {
  const all = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

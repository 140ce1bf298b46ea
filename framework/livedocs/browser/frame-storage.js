// `localStorage` and `sessionStorage`, which a frame without an origin lacks. The page around keeps
// what is in them while the preview is open.

export function shimStorage(link, page) {
  for (const area of ["local", "session"]) {
    const kept = new Map(page[area]);
    const value = storageOf(kept, () => link.send("store", { area, entries: [...kept] }));
    Object.defineProperty(globalThis, `${area}Storage`, { configurable: true, value });
  }
}

function storageOf(kept, changed) {
  const methods = {
    getItem: (key) => kept.get(String(key)) ?? null,
    setItem: (key, value) => {
      kept.set(String(key), String(value));
      changed();
    },
    removeItem: (key) => {
      kept.delete(String(key));
      changed();
    },
    clear: () => {
      kept.clear();
      changed();
    },
    key: (number) => [...kept.keys()][number] ?? null,
  };
  return new Proxy(methods, {
    get: (_, key) => (key === "length" ? kept.size : (methods[key] ?? kept.get(key))),
    set: (_, key, value) => (methods.setItem(key, value), true),
    deleteProperty: (_, key) => (methods.removeItem(key), true),
    has: (_, key) => key in methods || kept.has(key),
    ownKeys: () => [...kept.keys()],
    getOwnPropertyDescriptor: (_, key) =>
      kept.has(key) ? { configurable: true, enumerable: true, writable: true, value: kept.get(key) } : undefined,
  });
}

// `fetch` that asks the app.

const WITHOUT_BODY = [101, 204, 205, 304];
const NativeRequest = Request;

// Puts it in place, and returns it.
export function shimFetch(link, place) {
  async function fetch(input, init) {
    const isRequest = input instanceof NativeRequest;
    const asked = new Request(isRequest ? input : place.resolve(String(input)), init);
    const { signal, method, redirect, credentials } = asked;
    signal.throwIfAborted();
    if (new URL(asked.url).origin !== place.origin) {
      link.log("error", `${asked.url} was not fetched: a preview reaches only its app.`);
      throw new TypeError("Failed to fetch");
    }
    const body = ["GET", "HEAD"].includes(method) ? undefined : await asked.arrayBuffer();
    const request = { method, url: asked.url, headers: [...asked.headers], redirect, credentials };
    return ask(link, { ...request, body: body?.byteLength ? body : undefined }, signal);
  }
  globalThis.fetch = fetch;
  navigator.sendBeacon = (url, data) => {
    fetch(url, { method: "POST", body: data }).catch(() => {});
    return true;
  };
  return fetch;
}

function ask(link, request, signal) {
  return new Promise((resolve, reject) => {
    let stream;
    const body = new ReadableStream({
      start: (controller) => {
        stream = controller;
      },
      cancel: () => link.abort(id),
    });
    const fail = (error) => {
      reject(error);
      stream.error(error);
    };
    const id = link.begin("fetch", { request }, {
      head: (head) => resolve(responseOf(head, body, request)),
      chunk: ({ bytes }) => attempt(() => stream.enqueue(bytes)),
      over: ({ error }) => (error ? fail(new TypeError("Failed to fetch")) : attempt(() => stream.close())),
    }); // prettier-ignore
    signal.addEventListener("abort", () => {
      link.abort(id);
      fail(signal.reason);
    });
  });
}

// A stream that its reader has left takes nothing any more.
function attempt(action) {
  try {
    action();
  } catch {
    // nobody reads it
  }
}

function responseOf({ status, reason, headers, url, redirected }, stream, { method }) {
  const body = WITHOUT_BODY.includes(status) || method === "HEAD" ? null : stream;
  const response = new Response(body, { status, statusText: reason, headers });
  const own = { url: url.split("#")[0], redirected, type: "basic" };
  for (const [name, value] of Object.entries(own)) Object.defineProperty(response, name, { value });
  return response;
}

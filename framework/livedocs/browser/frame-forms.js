// Links and forms of a page: the app answers them.

export function interceptNavigation(place) {
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href], area[href]");
    if (event.defaultPrevented || !link || event.button !== 0) return;
    event.preventDefault();
    place.go(link.getAttribute("href"));
  });
  addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    submit(place, event.target, event.submitter);
  });
  HTMLFormElement.prototype.submit = function () {
    submit(place, this, null);
  };
}

// Source: HTML Living Standard, 4.10.21.3 Form submission algorithm.
async function submit(place, form, submitter) {
  const said = (name) => submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  const method = said("method").toUpperCase() || "GET";
  if (method === "DIALOG") return form.closest("dialog")?.close(submitter?.value);
  const url = new URL(place.resolve(said("action") || place.url.href));
  const data = new FormData(form, submitter);
  if (method !== "POST") {
    url.search = new URLSearchParams(pairsOf(data));
    return place.go(url.href, { request: { method: "GET" } });
  }
  const type = said("enctype").toLowerCase();
  const isWhole = type === "multipart/form-data";
  const body = isWhole ? data : type === "text/plain" ? plain(data) : new URLSearchParams(pairsOf(data));
  const request = new Request(place.origin, { method, body });
  const headers = [["content-type", request.headers.get("content-type")]];
  place.go(url.href, { request: { method, headers, body: await request.arrayBuffer() } });
}

function pairsOf(data) {
  return [...data].map(([name, value]) => [name, typeof value === "string" ? value : value.name]);
}

function plain(data) {
  return pairsOf(data).map((pair) => `${pair.join("=")}\r\n`).join("");
}

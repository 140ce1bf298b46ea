// A visitor of the app, as one private window of a browser is: cookies, storage, requests.

import { fromBase64, toBase64 } from "./base64.js";
import { Cookies } from "./cookies.js";

export const ORIGIN = "http://localhost:8000";
const MOST_REDIRECTS = 20;
const REDIRECTS = [301, 302, 303, 307, 308];

export class Visitor {
  constructor(visits) {
    this.visits = visits;
    this.cookies = new Cookies();
    this.storage = { local: [], session: [] };
  }

  // Sends a request as a browser does, and follows redirects unless it says otherwise.
  // `on.head` gets the response with the URL that it came from, `on.chunk` bytes, `on.over` its
  // end, with words where it broke off. Returns a function that leaves.
  send(request, on, hops = 0) {
    const { method, url, body, redirect = "follow" } = request;
    const { pathname, search, hash } = new URL(url);
    const headers = this.headersOf(request);
    let abandon = () => {};
    let isFollowed = false;
    const shown = { method, target: pathname + search, headers, body: body && toBase64(body) };
    const visit = this.visits.begin("fetch", shown, {
      head: (head) => {
        this.keep(head, url);
        const next = REDIRECTS.includes(head.status) && redirect !== "manual" && locationOf(head, url);
        if (!next) return on.head({ ...head, url, redirected: hops > 0 });
        isFollowed = true;
        visit.abandon();
        const problem = problemOf(next, redirect, hops);
        if (problem) return on.over({ error: problem, isRefused: true });
        next.hash ||= hash;
        abandon = this.send({ ...follow(request, head), url: next.href }, on, hops + 1);
      },
      chunk: ({ data }) => isFollowed || on.chunk(fromBase64(data)),
      over: (message) => isFollowed || on.over(message),
    });
    abandon = visit.abandon;
    return () => abandon();
  }

  headersOf({ method, url, headers = [], referrer, credentials, isNavigation = false }) {
    const names = new Set(headers.map(([name]) => name.toLowerCase()));
    const cookie = credentials === "omit" ? "" : this.cookies.header(url);
    const own = {
      "user-agent": navigator.userAgent,
      accept: isNavigation ? "text/html,application/xhtml+xml,*/*;q=0.8" : "*/*",
      "accept-language": navigator.language,
      "sec-fetch-site": "same-origin",
      ...(method !== "GET" && method !== "HEAD" ? { origin: ORIGIN } : {}),
      ...(referrer ? { referer: referrer.split("#")[0] } : {}),
      ...(cookie ? { cookie } : {}),
    };
    return [...Object.entries(own).filter(([name]) => !names.has(name)), ...headers];
  }

  keep({ headers }, url) {
    for (const [name, value] of headers) if (name === "set-cookie") this.cookies.set(value, url);
  }

  // Opens a WebSocket; returns what `Visits` does.
  connect({ url, protocols }, on) {
    const { pathname, search } = new URL(url);
    const plain = url.replace(/^ws/, "http");
    const cookie = this.cookies.header(plain);
    const headers = [
      ["origin", ORIGIN],
      ["user-agent", navigator.userAgent],
      ...(cookie ? [["cookie", cookie]] : []),
      ...(protocols.length > 0 ? [["sec-websocket-protocol", protocols.join(", ")]] : []),
    ];
    const head = (message) => {
      this.keep(message, plain);
      on.head(message);
    };
    const frame = (message) => on.frame({ ...message, data: fromBase64(message.data) });
    const request = { method: "GET", target: pathname + search, headers };
    const visit = this.visits.begin("socket", request, { head, frame, over: on.over });
    const say = ({ data, ...fields }) => visit.say({ ...fields, data: data && toBase64(data) });
    return { say, abandon: visit.abandon };
  }
}

function locationOf({ headers }, url) {
  const location = headers.findLast(([name]) => name === "location")?.[1];
  return location === undefined ? null : new URL(location, url);
}

function problemOf({ href, origin }, redirect, hops) {
  if (redirect === "error") return "It was redirected.";
  if (origin !== ORIGIN) return `The redirect leads away from the app, to ${href}.`;
  return hops === MOST_REDIRECTS ? `It was redirected more than ${MOST_REDIRECTS} times.` : "";
}

// Source: Fetch, HTTP-redirect fetch, steps 12 and 13.
function follow(request, { status }) {
  const { method, headers = [] } = request;
  const toGet = status === 303 ? method !== "HEAD" : status < 303 && method === "POST";
  if (!toGet || method === "GET") return request;
  const kept = headers.filter(([name]) => !name.toLowerCase().startsWith("content-"));
  return { ...request, method: "GET", headers: kept, body: undefined };
}

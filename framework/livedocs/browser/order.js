// The order of the documented requests, each of which builds on those before it.

const HINT =
  "The documented requests were not sent in their order since the app started, which may be why: press Run again and send them one by one.";

// Says why the response to a step may differ without anybody's fault; an empty text: no reason.
// `sent` has the ids of those sent since the start, `null` for the reader's own.
export function orderHint(steps, sent, step) {
  const index = steps.findIndex(({ id }) => id === step);
  const expected = steps.slice(0, index).map(({ id }) => id);
  const isInOrder = expected.length === sent.length && expected.every((id, at) => id === sent[at]);
  return isInOrder ? "" : HINT;
}

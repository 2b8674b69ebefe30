// Sending a change once: two presses are one request, and what was not answered is sent again under the same key.

import { askDocument } from './gateway.js';

/** Mutations that take an idempotency key; the others can be looked up in the list that they change. */
const KEYED = new Set(['create-ticket', 'reply-to-ticket']);

/** By who asks for what, so that it outlives the button: the same again is the same change until there is an answer. */
const keys = new Map();
const underWay = new Map();

export const isKeyed = (document) => KEYED.has(document);

/** The answer to a trusted mutation, by its id. `who` is on whose behalf; `token` is asked for when it is sent. */
export function changed({ document, variables, who, token }) {
  const what = JSON.stringify([who, document, variables]);
  if (!underWay.has(what)) {
    const sending = send(what, document, variables, token).finally(() => underWay.delete(what));
    underWay.set(what, sending);
  }
  return underWay.get(what);
}

async function send(what, document, variables, token) {
  if (isKeyed(document) && !keys.has(what)) keys.set(what, newKey());
  const idempotencyKey = keys.get(what);
  const answer = await askDocument(document, { ...variables, ...(idempotencyKey && { idempotencyKey }) }, await token());
  if (!answer.errors?.length) keys.delete(what);
  return answer;
}

/** `crypto.randomUUID` is there on secure pages alone. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

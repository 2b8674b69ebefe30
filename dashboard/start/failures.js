// Failures in words: what could not be had, why, and when to try again.

import { element } from './element.js';
import { labelOf } from './words.js';

/** Kinds of systems as people call them. */
const KINDS = {
  sis: 'The student system',
  library: 'The library',
  onestop: 'One Stop',
  gz_campus: 'The campus life system',
  portal: 'The portal itself',
};

/** What each code of the gateway means to the person reading; `who` is the system, named. */
const SENTENCES = {
  UPSTREAM_UNAVAILABLE: (who) => `${who} cannot be reached right now. The rest is complete.`,
  UPSTREAM_TIMEOUT: (who) => `${who} did not answer in time. The rest is complete.`,
  UPSTREAM_RATE_LIMITED: (who) => `${who} is being asked too often just now.`,
  UPSTREAM_MAINTENANCE: (who) => `${who} is closed for maintenance.`,
  UPSTREAM_BAD_RESPONSE: (who) => `${who} gave an answer that cannot be understood.`,
  CONFLICT: (who) => `${who} has more than one account that could be yours; somebody there must sort it out.`,
  FORBIDDEN: () => 'This is not yours to see.',
  UNAUTHENTICATED: () => 'Sign in to see this.',
  STEP_UP_REQUIRED: () => 'Sign in again with a second factor to see this.',
  CONSENT_REQUIRED: () => 'This is kept at the other campus and needs your consent to be shown here.',
  NOT_FOUND: () => 'There is no such thing.',
  RATE_LIMITED: () => 'You are asking too often just now.',
  QUERY_TOO_COMPLEX: () => 'The question is too large to be asked at once.',
  INTERNAL: () => 'Something went wrong in the gateway itself; the log has the particulars.',
};

/** The failure in a sentence or two. `kinds` knows the kind of each system by id. */
export function sentenceOf({ code, system, retryAfter, message }, kinds) {
  const sentence = SENTENCES[code]?.(nameOf(system, kinds)) ?? message ?? `It failed with ${code ?? 'no reason given'}.`;
  return retryAfter ? `${sentence} Try again in ${durationOf(retryAfter)}.` : sentence;
}

/** A list of failures; each says which part below the card's own path it is about. Alike ones are told once. */
export function failureList(errors, path, kinds) {
  const told = new Map();
  for (const { path: at, message, extensions = {} } of errors) {
    const part = (at ?? []).slice(path.length).filter((step) => typeof step === 'string').map(labelOf).join(', ');
    const sentence = sentenceOf({ message, ...extensions }, kinds);
    told.set(part ? `${part}: ${sentence}` : sentence, extensions.code ?? '');
  }
  return element('ul', { class: 'failures' }, ...[...told].map(([text, code]) =>
    element('li', { class: 'failure', 'data-code': code }, text)));
}

function nameOf(system, kinds) {
  if (!system) return 'One of the systems';
  // Where nobody told us the kind: ids begin with it by habit, library-cwb.
  const kind = String(kinds.get(system) ?? system.split('-')[0]).toLowerCase();
  return `${KINDS[kind] ?? 'The system'} (${system})`;
}

function durationOf(seconds) {
  if (seconds < 90) return `${Math.ceil(seconds)} ${Math.ceil(seconds) === 1 ? 'second' : 'seconds'}`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

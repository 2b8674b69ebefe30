// What came of a change, in words: done, or why not, as the answer's union tells it.

import { isKeyed } from './change.js';
import { isSaid, say } from './spoken.js';

const DONE = new Set([
  'LoansRenewed', 'HoldCancelled', 'BookingCancelled', 'NotificationsRead',
  'TicketCreated', 'TicketReplied', 'ApplicationWithdrawn',
]);

/** `{ done, sentences }` of the answer to an action. Messages and labels are in the reader's language as the gateway sends them. */
export function outcomeOf({ data, errors = [] }, { document, names = {} }) {
  const [outcome] = Object.values(data ?? {});
  const failed = errors.map(({ message }) => message);
  if (errors.some(({ extensions }) => extensions?.unsettled)) {
    failed.push(say(isKeyed(document) ? 'unsettled' : 'unsettledWithoutKey'));
  }
  if (!outcome) return { done: false, sentences: failed };
  if (outcome.__typename === 'LoansRenewed') return renewals(outcome.outcomes, names, failed);
  if (DONE.has(outcome.__typename)) return { done: true, sentences: [success(outcome), ...failed] };
  return { done: false, sentences: [...refusals(outcome), ...failed] };
}

/** Each loan is renewed or not by itself; of several it is told by name which was not. */
function renewals(outcomes, names, failed) {
  const renewed = outcomes.filter(({ __typename }) => __typename === 'LoanRenewed').length;
  const refused = outcomes.filter(({ __typename }) => __typename === 'LoanNotRenewable').map((outcome) =>
    [names[outcome.id], ...refusals(outcome)].filter(Boolean).join(': '));
  const told = say('LoansRenewed', { done: renewed, all: outcomes.length });
  return { done: renewed > 0, sentences: [told, ...refused, ...new Set(failed)] };
}

function success(outcome) {
  if (outcome.pending) return say('HoldPending');
  return say(outcome.__typename, { number: outcome.ticket?.number });
}

function refusals(outcome) {
  if (outcome.problems) return outcome.problems.map(({ message }) => message);
  if (isSaid(outcome.__typename)) return [say(outcome.__typename)];
  return [outcome.reasonLabel ?? say('noReason')];
}

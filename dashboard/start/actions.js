// What can be done on which card: the trusted mutation, what it is sent with, and the widget that tells the card anew.

import { listOf } from './answer.js';

const WITHDRAWABLE = new Set(['IN_PROCESS', 'RETURNED_FOR_AMENDMENT']);

/**
 * By the path of a card: its `widget`, what an item is `called`, and what is done with `each` of them and with `all`.
 *
 * An action has its `label`, `document` and `variables`; one with `fields` is a form, whose values go into `variables`;
 * `names` are those of the items that it is done with, by id.
 */
const ACTIONS = {
  'me.loans': {
    widget: 'loans',
    called: ({ title }) => title,
    each: ({ id, renewable }) => when(renewable !== 'NO', 'renew', 'renew-loans', { loans: [id] }),
    all: (loans) => when(loans.length > 1, 'renewAll', 'renew-loans', { loans: loans.map(({ id }) => id) }).map((action) =>
      ({ ...action, names: Object.fromEntries(loans.map(({ id, title }) => [id, title])) })),
  },
  'me.holds': {
    widget: 'holds-and-fines',
    called: ({ title }) => title,
    each: ({ id, cancellationRequested }) => when(!cancellationRequested, 'cancelHold', 'cancel-hold', { hold: id }),
  },
  'me.bookings': {
    widget: 'my-bookings',
    called: ({ title, facilityName }) => title || facilityName,
    each: ({ id }) => when(true, 'cancelBooking', 'cancel-booking', { booking: id }),
  },
  'me.notifications': {
    widget: 'notifications',
    called: ({ title }) => title,
    each: ({ id, readAt }) => when(!readAt, 'markRead', 'mark-notifications-read', { ids: [id] }),
    // Until the latest that is shown: what came in meanwhile stays unread.
    all: (shown) => when(shown.some(({ readAt }) => !readAt), 'markAllRead', 'mark-notifications-read', {
      until: shown.map(({ notifiedAt }) => notifiedAt).sort((one, other) => new Date(one) - new Date(other)).at(-1),
    }),
  },
  'me.tickets': {
    widget: 'tickets',
    called: ({ subject, number }) => subject || number,
    each: ({ id }) => [{
      label: 'reply', submit: 'sendReply', document: 'reply-to-ticket', fields: { text: { label: 'yourReply', lines: 4 } },
      variables: ({ text }) => ({ input: { ticket: id, text } }),
    }],
    all: () => [{
      label: 'newTicket', submit: 'openTicket', document: 'create-ticket',
      fields: { team: { label: 'team', choices: teams }, subject: { label: 'subject' }, text: { label: 'text', lines: 6 } },
      variables: ({ team: [campus, queue], subject, text }) => ({ input: { campus, queue, subject, text } }),
    }],
  },
  'me.applications': {
    widget: 'my-applications',
    called: ({ service, reference }) => [service?.name, reference].filter(Boolean).join(' '),
    each: ({ id, state }) => when(WITHDRAWABLE.has(state), 'withdraw', 'withdraw-application', { application: id }),
  },
};

/** The card's actions, or null; `each` of an item and `all` of the list. */
export function actionsOf(path, value) {
  const actions = ACTIONS[path.join('.')];
  const items = value && listOf(value)?.items;
  if (!actions || !items) return null;
  const each = (item) => (item.id ? actions.each(item) : []);
  return { widget: actions.widget, called: actions.called, each, all: actions.all?.(items) ?? [] };
}

const when = (possible, label, document, variables) =>
  possible ? [{ label, document, variables: () => variables }] : [];

/** The teams of all desks, as the widget `tickets` tells them: [what is sent, what is shown]. */
const teams = ({ ticketQueues }) =>
  (ticketQueues?.nodes ?? []).map(({ campus, name }) => [[campus, name], `${name} · ${campus}`]);

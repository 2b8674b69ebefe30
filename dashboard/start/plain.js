// One value of an answer as it is read: words, a date, money, several of these, or why there is nothing.

import { isMoney, samePath } from './answer.js';
import { element } from './element.js';
import { moneyOf, wordsOf } from './words.js';

/**
 * The element for one value, or for several in a row, to stand in a line or a cell.
 *
 * `at` says where it stands: its `path` in the answer, all `errors`, `field`, the name of the field, and
 * whether room is so short that nothing is drawn as a dash, `brief`.
 */
export function plainOf(value, at) {
  if (Array.isArray(value)) {
    return element('span', {}, ...value.flatMap((one, i) => (i ? ['; ', plainOf(one, at)] : [plainOf(one, at)])));
  }
  if (value === null) {
    const failed = at.errors.some((error) => samePath(error.path, at.path));
    const words = failed ? 'could not be had' : 'nothing on record';
    if (!at.brief || failed) return element('span', { class: 'none' }, words);
    return element('span', { class: 'none' }, element('span', { 'aria-hidden': 'true' }, '—'), element('span', { class: 'unseen' }, words));
  }
  if (isMoney(value)) return element('span', { class: 'number' }, moneyOf(value));
  const { text, datetime, number } = wordsOf(value, at.field);
  if (datetime) return element('time', { datetime }, text);
  return element('span', number ? { class: 'number' } : {}, text);
}

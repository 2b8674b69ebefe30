// An answer's values as HTML: definition lists for objects, tables and articles for lists, words for the rest.

import { fieldsOf, isObject, isPlain, isShort, listOf } from './answer.js';
import { element } from './element.js';
import { failureList } from './failures.js';
import { plainOf } from './plain.js';
import { tableOf } from './table.js';
import { labelOf } from './words.js';

/** What an item of a list is called, in this order, when it gets a heading of its own. */
const NAMES = ['title', 'name', 'label', 'subject', 'code', 'headsign', 'id'];

/**
 * The element for any value of an answer.
 *
 * `at` says where it stands: `path` in the answer, all `errors`, the heading `level` for parts below, `kinds` of
 * the systems, `name`, what the whole is called, and `beside`, what is put beside each item of the list that it is.
 */
export function valueOf(value, at) {
  const list = listOf(value);
  if (list) return listPart(list, at);
  if (isPlain(value)) return element('p', {}, plainOf(value, at));
  const part = objectPart(value, at);
  const missing = missingPart(value.unavailable, at);
  return missing ? element('div', {}, missing, part) : part;
}

function objectPart(object, at) {
  const part = element('div');
  const fields = fieldsOf(object);
  const short = fields.filter(([, value]) => isShort(value));
  if (short.length) part.append(element('dl', {}, ...short.flatMap(([name, value]) => [
    element('dt', {}, labelOf(name)),
    element('dd', {}, plainOf(value, { ...at, path: [...at.path, name], field: name })),
  ])));
  for (const [name, value] of fields.filter(([, content]) => !isShort(content))) {
    part.append(
      element(`h${Math.min(at.level, 6)}`, {}, labelOf(name)),
      valueOf(value, { ...at, path: [...at.path, name], level: at.level + 1, name: labelOf(name) }),
    );
  }
  return part;
}

function listPart({ items, total, unavailable }, at) {
  const part = element('div');
  const missing = missingPart(unavailable, at);
  if (missing) part.append(missing);
  if (items.length === 0) {
    // Empty because a system was silent is not the same as empty.
    part.append(element('p', { class: 'none' }, missing ? 'Nothing from the systems that did answer.' : 'None.'));
  } else if (items.every(isPlain)) {
    part.append(element('ul', {}, ...items.map((item, i) =>
      element('li', {}, plainOf(item, { ...at, path: [...at.path, i] })))));
  } else {
    part.append(tableOf(items, at) ?? articles(items, at));
  }
  if (total > items.length) part.append(element('p', { class: 'note' }, `The first ${items.length} of ${total}.`));
  return part;
}

function articles(items, at) {
  const level = `h${Math.min(at.level, 6)}`;
  return element('div', { class: 'items' }, ...items.map((item, i) => {
    const inside = { ...at, path: [...at.path, i], level: at.level + 1, beside: undefined };
    if (!isObject(item)) return valueOf(item, inside);
    const naming = NAMES.find((name) => name in item && isPlain(item[name]) && item[name] !== null);
    const { [naming]: name, ...rest } = item;
    const heading = naming ? plainOf(name, { ...inside, field: naming }) : `${at.name} ${i + 1}`;
    return element('article', {}, element(level, {}, heading), valueOf(rest, inside), at.beside?.(item) ?? '');
  }));
}

/** Who could not be asked, told beside what did come; a card whose errors say the same tells it only once. */
function missingPart(unavailable, at) {
  const untold = (unavailable ?? []).filter(({ code, system }) =>
    !at.errors.some(({ extensions, path }) =>
      extensions?.code === code && extensions?.system === system && at.path.every((step, i) => path?.[i] === step)));
  return untold.length ? failureList(untold.map((extensions) => ({ path: at.path, extensions })), at.path, at.kinds) : null;
}

// A list of objects as a table, where its rows are flat enough to be read across.

import { fieldsOf, isMoney, isObject, isShort, listOf } from './answer.js';
import { element } from './element.js';
import { plainOf } from './plain.js';
import { language, say } from './spoken.js';
import { labelOf } from './words.js';

const MOST_COLUMNS = 8;
const FIRST_ROWS = 8;

/** The table, or null where rows hold lists of their own or too many columns; then articles read better. */
export function tableOf(items, at) {
  const rows = items.map((item, i) => cellsOf(item, [...at.path, i]));
  if (rows.includes(null)) return null;
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  if (columns.length > MOST_COLUMNS || columns.length === 0) return null;

  // The first column names the row, be it by a number.
  const numeric = new Set(columns.slice(1).filter((column) => areNumbers(rows.map((row) => row.get(column)?.value ?? null))));
  const attributes = (column) => (numeric.has(column) ? { class: 'number' } : {});
  const body = element('tbody', {}, ...rows.map((row, r) => element('tr', {}, ...columns.map((column, i) => {
    const cell = row.get(column);
    const content = cell ? plainOf(cell.value, { ...at, path: cell.path, field: cell.field, brief: true }) : '';
    return i === 0 ? element('th', { scope: 'row' }, content) : element('td', attributes(column), content);
  }), ...(at.beside ? [element('td', {}, at.beside(items[r]))] : []))));
  const head = element('tr', {}, ...columns.map((column) => element('th', { scope: 'col', ...attributes(column) }, column)));
  if (at.beside) head.append(element('th', { scope: 'col', lang: language }, element('span', { class: 'unseen' }, say('actions'))));
  const table = element('table', {}, element('caption', {}, at.name), element('thead', {}, head), body);
  // A wide table scrolls by itself, not the page; the keyboard must be able to do it too.
  const frame = element('div', { class: 'table', role: 'region', tabindex: '0', 'aria-label': at.name }, table);
  return rows.length > FIRST_ROWS ? element('div', {}, frame, folding(body, at.name)) : frame;
}

/** The cells of one row by column, objects inside it spread over columns of their own; null where it is not flat. */
function cellsOf(item, path, above = '') {
  if (!isObject(item) || listOf(item)) return null;
  const cells = new Map();
  for (const [field, value] of fieldsOf(item)) {
    const column = above ? `${above} ${lowered(labelOf(field))}` : labelOf(field);
    if (isShort(value)) {
      cells.set(column, { value, field, path: [...path, field] });
    } else if (!Array.isArray(value) || value.length > 0) {
      const inner = cellsOf(value, [...path, field], column);
      if (!inner) return null;
      for (const [name, cell] of inner) cells.set(name, cell);
    }
  }
  return cells;
}

const lowered = (label) => (/^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1));
const isNumber = (value) => typeof value === 'number' || isMoney(value);
const areNumbers = (values) => values.some(isNumber) && values.every((value) => value === null || isNumber(value));

function folding(body, name) {
  const rest = [...body.rows].slice(FIRST_ROWS);
  const button = element('button', { type: 'button' });
  const fold = (open) => {
    for (const row of rest) row.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    button.textContent = open ? 'Show fewer' : `Show all ${body.rows.length}`;
    // Several tables of a page can be unfolded; to the ear the button must say which.
    button.setAttribute('aria-label', `${button.textContent}: ${name}`);
  };
  button.addEventListener('click', () => fold(button.getAttribute('aria-expanded') === 'false'));
  fold(false);
  return button;
}

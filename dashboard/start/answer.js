// The shape of an answer: which parts of it are cards, what is a list, and what is one value though it comes as an object.

import { labelOf } from './words.js';

/** A name for programs: opaque ids are hidden, but a system's id, such as library-cwb, is what people call it. */
const SPEAKING_ID = /^[a-z]{2,}(-[a-z\d]+){0,3}$/;

export const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
export const isMoney = (value) => isObject(value) && 'amount' in value && 'currency' in value;

/** `{ items, total, unavailable }` of a list, a connection, or a list that says who could not be asked; else null. */
export function listOf(value) {
  if (Array.isArray(value)) return { items: value, total: value.length, unavailable: [] };
  if (!isObject(value) || !(Array.isArray(value.nodes) || Array.isArray(value.edges))) return null;
  const items = value.nodes ?? value.edges.map(({ node }) => node);
  return { items, total: value.totalCount ?? items.length, unavailable: value.unavailable ?? [] };
}

/** The fields of an object that people read, as [name, value]; a state's label stands in for the state. */
export function fieldsOf(object) {
  return Object.entries(object).flatMap(([name, value]) => {
    if (name === '__typename' || name === 'cursor' || name === 'pageInfo' || name === 'unavailable') return [];
    if (name === 'id' && !SPEAKING_ID.test(value)) return [];
    const stated = /^(.+)Label$/.exec(name)?.[1];
    if (stated && stated in object) return [];
    return [[name, object[`${name}Label`] ?? value]];
  });
}

/** One value to the reader: a scalar, money, or nothing. */
export const isPlain = (value) => value === null || typeof value !== 'object' || isMoney(value);

/** Short enough to stand beside its label: one value, or several of them. */
export const isShort = (value) => isPlain(value) || (Array.isArray(value) && value.length > 0 && value.every(isPlain));

/**
 * Sections of cards, `{ title, cards: [{ path, title, value }] }`.
 *
 * A root field is a card; one that holds several parts, such as `me`, is a section with a card for each of them.
 */
export function cardsOf(data, errors) {
  const failed = (path) => errors.some((error) => samePath(error.path, path));
  const campus = { title: 'The university', cards: [] };
  const sections = [];
  for (const [name, value] of Object.entries(data)) {
    const isPart = ([part, content]) => !isShort(content) || failed([name, part]);
    const fields = isObject(value) && !listOf(value) ? fieldsOf(value) : [];
    const parts = fields.filter(isPart);
    if (parts.length < 2) {
      campus.cards.push({ path: [name], title: labelOf(name), value });
      continue;
    }
    const rest = fields.filter((field) => !isPart(field));
    const cards = parts.map(([part, content]) => ({ path: [name, part], title: labelOf(part), value: content }));
    if (rest.length) cards.unshift({ path: [name, ''], title: 'In short', value: Object.fromEntries(rest) });
    sections.push({ title: labelOf(name), cards });
  }
  return campus.cards.length ? [...sections, campus] : sections;
}

/** The errors that no card shows: those without a path, or above all cards. */
export function straysOf(sections, errors) {
  const paths = sections.flatMap(({ cards }) => cards.map(({ path }) => path));
  return errors.filter(({ path }) => !path || !paths.some((card) => card.every((step, i) => path[i] === step)));
}

export const samePath = (one = [], other = []) =>
  one.length === other.length && one.every((step, i) => step === other[i]);

// Words for people: labels out of field names, and dates, numbers, codes and money as they are read aloud.

const LOCALE = 'en-GB';
const ACRONYMS = new Set(['gpa', 'tga', 'cga', 'mcga', 'mfa', 'url', 'id', 'isbn', 'sis', 'it']);
/** Fields whose value is one of a closed list; elsewhere capitals mean a code, as in COMP or HKD. */
const CHOICE = /(status|state|kind|type|day|level|role|phase|reason|decision|priority|gender|mode|standing|affiliation)s?$/i;
/** Numbers that name something are not counted with. */
const NAME = /(number|code|year|id|barcode)$/i;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d(\.\d+)?)?$/;

/** "cumulativeGpa" becomes "Cumulative GPA", "IN_PROCESS" becomes "In process". */
export function labelOf(name) {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').split(/[\s_]+/).map((word) => word.toLowerCase());
  const text = words.map((word) => (ACRONYMS.has(word) ? word.toUpperCase() : word)).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A scalar in words, `{ text, datetime?, number? }`; `field` is the name of the field it is the value of. */
export function wordsOf(value, field = '') {
  if (typeof value === 'boolean') return { text: value ? 'yes' : 'no' };
  if (typeof value === 'number') return { text: numberOf(value, field), number: true };
  if (DATE.test(value)) return { text: dayOf(`${value}T00:00`), datetime: value };
  if (MOMENT.test(value)) return { text: momentOf(value), datetime: value };
  if (TIME.test(value)) return { text: value.slice(0, 5), datetime: value };
  const capitals = /^[A-Z][A-Z\d]*$/.test(value) && (CHOICE.test(field) || /^(YES|NO|UNKNOWN|OTHER|NONE)$/.test(value));
  return { text: capitals || /^[A-Z][A-Z\d]*(_[A-Z\d]+)+$/.test(value) ? labelOf(value) : value };
}

export function moneyOf({ amount, currency }) {
  return new Intl.NumberFormat(LOCALE, { style: 'currency', currency }).format(amount);
}

function numberOf(value, field) {
  if (NAME.test(field)) return String(value);
  return new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 3, useGrouping: value >= 10_000 }).format(value);
}

// Campus time is what the campus's clocks show: it is printed as it came, not moved to where the reader happens to be.
const wallClock = (text, options) =>
  new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: 'UTC' }).format(new Date(`${text}Z`));

const dayOf = (text) => wallClock(text, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });

function momentOf(value) {
  const [, clock, zone] = MOMENT.exec(value);
  const text = `${dayOf(clock)}, ${wallClock(clock, { hour: '2-digit', minute: '2-digit' })}`;
  const minutes = zone === 'Z' ? 0 : (zone[0] === '-' ? -1 : 1) * (60 * zone.slice(1, 3) + Number(zone.slice(4)));
  const here = -new Date(value).getTimezoneOffset();
  return minutes === here ? text : `${text} (UTC${zone === 'Z' ? '' : zone.replace(/^([+-])0?(\d+):00$/, '$1$2')})`;
}

// The start page: who is asking, one question, and the answer as cards.

import { actionsOf } from './actions.js';
import { cardsOf, straysOf } from './answer.js';
import { controlsOf } from './controls.js';
import { applications, ask, askDocument, dashboardDocument, personas, simulatedSystems, tokenOf } from './gateway.js';
import { failureList } from './failures.js';
import { valueOf } from './parts.js';
import { element } from './element.js';
import { language } from './spoken.js';
import { labelOf } from './words.js';

const sandbox = document.documentElement.dataset.sandbox === 'on';
const form = document.getElementById('who');
const persona = document.getElementById('persona');
const ownToken = document.getElementById('token');
const progress = document.getElementById('progress');
const place = document.getElementById('answer');

/** Kinds of the systems by id, so that a failure can name "the library" and not only library-cwb. */
const kinds = new Map();
/** Only the latest question's answer is shown: an earlier one may arrive after it. */
let question = 0;

async function show() {
  const mine = ++question;
  progress.textContent = 'Asking the systems of the university …';
  place.replaceChildren();
  place.setAttribute('aria-busy', 'true');
  try {
    const started = performance.now();
    const asker = askerOf(ownToken.value.trim(), persona.value);
    const answer = await ask(await dashboardDocument(), await asker.token());
    if (mine !== question) return;
    const cards = draw(answer, asker);
    const took = ((performance.now() - started) / 1000).toFixed(1);
    progress.textContent = `${cards} cards, answered in ${took} s. ${failuresIn(answer)}`;
  } catch (error) {
    if (mine !== question) return;
    progress.textContent = '';
    place.replaceChildren(element('p', { class: 'failure', role: 'alert' }, error.message));
  } finally {
    if (mine === question) place.removeAttribute('aria-busy');
  }
}

/** Who is shown, whoever is chosen next; a persona's token is a new one each time, since people look for long. */
const askerOf = (own, as) => ({ who: own || as, token: async () => own || (as && (await tokenOf(as))) });

function draw({ data, errors = [] }, asker) {
  for (const { id, kind } of data?.systems ?? []) kinds.set(id, kind);
  const sections = cardsOf(data ?? {}, errors);
  const strays = straysOf(sections, errors);
  place.replaceChildren(
    ...(strays.length ? [failureList(strays, [], kinds)] : []),
    ...sections.map((section) => sectionOf(section, errors, asker)),
  );
  return sections.reduce((sum, { cards }) => sum + cards.length, 0);
}

function sectionOf({ title, cards }, errors, asker) {
  const heading = element('h2', {}, title);
  const drawn = cards.map((card) => cardOf(card, errors, asker));
  return element('section', {}, heading, element('div', { class: 'cards' }, ...drawn));
}

function cardOf({ path, title, value }, errors, asker) {
  const failed = errors.filter((error) => path.every((step, i) => error.path?.[i] === step));
  const card = element('article', { 'data-path': path.join('.') }, element('h3', {}, title));
  if (failed.length) card.append(failureList(failed, path, kinds));
  const actions = actionsOf(path, value);
  const page = actions && pageOf(card, { path, title, widget: actions.widget }, asker);
  const beside = actions?.each && ((item) => controlsOf(actions.each(item), actions.called(item), page));
  if (value !== null || !failed.length) card.append(valueOf(value, { path, errors, level: 4, kinds, name: title, beside }));
  if (actions) card.append(controlsOf(actions.all, '', page));
  // A card with parts or a wide table in it wants the whole row.
  if (card.querySelector('article, thead th:nth-child(4)')) card.classList.add('wide');
  return card;
}

/** What the controls of a card know of the page. */
function pageOf(card, { path, title, widget }, asker) {
  const told = (sentence) => { progress.textContent = sentence; };
  const asked = async () => askDocument(widget, {}, await asker.token());
  /** The card as it is after a change; whoever pressed `label` stays where they were. */
  async function redrawn(sentence, label) {
    const { data, errors = [] } = await asked();
    const value = path.reduce((part, step) => part?.[step], data) ?? null;
    const now = cardOf({ path, title, value }, errors, asker);
    now.append(element('p', { class: 'outcome', lang: language }, sentence));
    card.replaceWith(now);
    const heading = now.querySelector('h3');
    heading.tabIndex = -1;
    ([...now.querySelectorAll('button')].find((button) => button.ariaLabel === label) ?? heading).focus();
    told(sentence);
  }
  return { ...asker, told, redrawn, widget: async () => (await asked()).data ?? {} };
}

const failuresIn = ({ errors = [] }) =>
  errors.length ? `${errors.length} ${errors.length === 1 ? 'part' : 'parts'} of it could not be answered.` : 'Complete.';

async function offerPersonas() {
  const [people, clients, systems] = await Promise.all([personas(), applications(), simulatedSystems()]);
  for (const { id, kind } of systems) kinds.set(id, kind);
  const group = (label, options) => element('optgroup', { label }, ...options);
  persona.append(
    group('People', people.map(({ id, name, campus, roles }) =>
      element('option', { value: id }, `${name} · ${campus} · ${roles.map(labelOf).join(', ')}`))),
    group('Partner applications', clients.map(({ id, name }) => element('option', { value: id }, name))),
    group('Anybody', [element('option', { value: '' }, 'nobody signed in')]),
  );
}

/** The address says who is shown, so that it can be bookmarked; a pasted token never stands in it. */
function remember() {
  const as = sandbox && !ownToken.value ? persona.value : '';
  const query = as ? `?${new URLSearchParams({ as })}` : '';
  history.replaceState(null, '', `/${query}`);
  document.getElementById('graphiql').href = `/graphiql${query}`;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  remember();
  show();
});

for (const part of document.querySelectorAll('.sandbox')) part.hidden = !sandbox;
if (sandbox) {
  await offerPersonas().catch((error) => { progress.textContent = error.message; });
  const asked = new URLSearchParams(location.search).get('as');
  if (asked && [...persona.options].some(({ value }) => value === asked)) {
    persona.value = asked;
    remember();
    await show();
  }
} else {
  document.getElementById('own-token').open = true;
}

// Buttons and forms for what can be done: each says what it is done with, also to the ear, and what came of it.

import { changed } from './change.js';
import { element } from './element.js';
import { outcomeOf } from './outcome.js';
import { language, say } from './spoken.js';

/**
 * The controls of some actions, or '' where nothing can be done.
 *
 * `name` is what they are done with. `page` has `who` asks and its `token`, `widget()`, the data of the card's
 * widget, `told(sentence)`, and `redrawn(sentence, label)`, which shows the card as it is now.
 */
export function controlsOf(actions, name, page) {
  if (!actions.length) return '';
  const outcome = element('p', { class: 'outcome', hidden: '' });
  const controls = actions.map((action) => (action.fields ? formOf : buttonOf)(action, name, page, outcome));
  return element('div', { class: 'actions', lang: language }, ...controls, outcome);
}

function buttonOf(action, name, page, outcome) {
  const label = labelled(say(action.label), name);
  const button = element('button', { type: 'button', 'aria-label': label }, say(action.label));
  button.addEventListener('click', () => perform(action, {}, { button, label, page, outcome }));
  return button;
}

function formOf(action, name, page, outcome) {
  const fields = Object.entries(action.fields).map(([field, about]) => [field, inputOf(about)]);
  const labels = fields.map(([field, input]) => element('label', {}, say(action.fields[field].label), input));
  const label = labelled(say(action.submit), name);
  const button = element('button', { 'aria-label': label }, say(action.submit));
  const form = element('form', {}, ...labels, button);
  const summary = element('summary', { 'aria-label': labelled(say(action.label), name) }, say(action.label));
  const opened = element('details', {}, summary, form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const value = (field, input) => (action.fields[field].choices ? JSON.parse(input.value) : input.value);
    const values = Object.fromEntries(fields.map(([field, input]) => [field, value(field, input)]));
    perform(action, values, { button, label, page, outcome });
  });
  opened.addEventListener('toggle', () => opened.open && fill(action, fields, page, outcome));
  return opened;
}

function inputOf({ choices, lines }) {
  if (choices) return element('select', { required: '' });
  return lines ? element('textarea', { rows: String(lines), required: '' }) : element('input', { required: '' });
}

/** The choices of a form are asked for when it is opened, until they are there. */
async function fill(action, fields, page, outcome) {
  const open = fields.filter(([field, input]) => action.fields[field].choices && !input.length);
  if (!open.length) return;
  try {
    const data = await page.widget();
    for (const [field, input] of open) {
      input.replaceChildren(...action.fields[field].choices(data).map(([value, shown]) =>
        element('option', { value: JSON.stringify(value) }, shown)));
    }
    outcome.hidden = true;
  } catch (error) {
    tell(outcome, page, [error.message], true);
  }
}

async function perform(action, values, { button, label, page, outcome }) {
  if (button.ariaDisabled === 'true') return;  // pressed twice
  button.setAttribute('aria-disabled', 'true');
  tell(outcome, page, [say('asking')]);
  const came = [];
  try {
    const change = { document: action.document, variables: action.variables(values), who: page.who, token: page.token };
    const { done, sentences } = outcomeOf(await changed(change), action);
    came.push(...sentences);
    if (done) await page.redrawn(came.join(' '), label);
    else tell(outcome, page, came, true);
  } catch (error) {
    tell(outcome, page, [...came, error.message], true);
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

function tell(outcome, page, sentences, failed = false) {
  outcome.hidden = false;
  outcome.className = failed ? 'outcome failure' : 'outcome';
  outcome.textContent = sentences.join(' ');
  page.told(outcome.textContent);
}

/** To the ear a button must say which of many it is. */
const labelled = (words, name) => (name ? `${words}: ${name}` : words);

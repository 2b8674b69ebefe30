// GraphiQL as the gateway serves it: a tab for each query, action and stream of the widgets, and in the sandbox a menu of the personas.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { getOperationAST, parse } from 'graphql';
import { AuthorizationHeader } from './AuthorizationHeader.jsx';
import { PersonaBar } from './PersonaBar.jsx';
import { answersIn } from './events.js';
import { renewed } from './persona.js';
import { giveUpTabs, storage } from './storage.js';

const FIRST_TAB = 'dashboard';

const sandbox = document.documentElement.dataset.sandbox === 'on';

async function listOf(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${path} answered with status ${answer.status}.`);
  return answer.json();
}

const SINGLE = 'application/graphql-response+json, application/json;q=0.9';
const EVENTS = 'text/event-stream';

function subscribes({ query, operationName }) {
  return getOperationAST(parse(query), operationName)?.operation === 'subscription';
}

async function send(operation, { headers } = {}) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: subscribes(operation) ? `${EVENTS}, ${SINGLE}` : SINGLE,
      'content-type': 'application/json',
      ...(await renewed(headers)),
    },
    body: JSON.stringify(operation),
  });
  return answer.headers.get('content-type').startsWith(EVENTS) ? answersIn(answer.body) : answer.json();
}

function restoreTabs() {
  giveUpTabs();
  location.reload();
}

function Page({ documents, personas, clients }) {
  const tabs = [...documents].sort((a, b) => (b.name === FIRST_TAB) - (a.name === FIRST_TAB));
  return (
    <>
      <PersonaBar
        personas={personas}
        clients={clients}
        initially={personas.length ? (new URLSearchParams(location.search).get('as') ?? '') : ''}
        onRestoreTabs={restoreTabs}
      />
      <main>
        <GraphiQL
          fetcher={send}
          defaultTabs={tabs.map(({ query }) => ({ query }))}
          defaultEditorToolsVisibility={sandbox ? 'headers' : undefined}
          storage={storage}
          // A token in the browser's storage would outlive the page it was meant for.
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
        >
          <AuthorizationHeader />
        </GraphiQL>
      </main>
    </>
  );
}

const place = document.getElementById('graphiql');
const lists = ['/widgets', '/actions', '/streams'].map(listOf);
const [personas, clients] = ['personas', 'clients'].map((name) => (sandbox ? listOf(`/sandbox/${name}`) : []));
Promise.all([Promise.all(lists), personas, clients]).then(
  ([documents, personas, clients]) =>
    createRoot(place).render(<Page documents={documents.flat()} personas={personas} clients={clients} />),
  (error) => {
    place.textContent = `GraphiQL could not start: ${error.message}`;
  },
);

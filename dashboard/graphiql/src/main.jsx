// GraphiQL as the gateway serves it: a tab for each widget's query, and in the sandbox a menu of the personas.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { AuthorizationHeader } from './AuthorizationHeader.jsx';
import { PersonaBar } from './PersonaBar.jsx';
import { renewed } from './persona.js';
import { storage } from './storage.js';

const FIRST_TAB = 'dashboard';
/** What GraphiQL calls its tabs in this browser's storage. */
const STORED_TABS = 'graphiql:tabState';

const sandbox = document.documentElement.dataset.sandbox === 'on';

async function listOf(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${path} answered with status ${answer.status}.`);
  return answer.json();
}

async function send(operation, { headers } = {}) {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'content-type': 'application/json',
      ...(await renewed(headers)),
    },
    body: JSON.stringify(operation),
  });
  return answer.json();
}

function restoreTabs() {
  localStorage.removeItem(STORED_TABS);
  location.reload();
}

function Page({ widgets, personas, clients }) {
  const tabs = [...widgets].sort((a, b) => (b.name === FIRST_TAB) - (a.name === FIRST_TAB));
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
Promise.all([listOf('/widgets'), sandbox ? listOf('/sandbox/personas') : [], sandbox ? listOf('/sandbox/clients') : []]).then(
  ([widgets, personas, clients]) =>
    createRoot(place).render(<Page widgets={widgets} personas={personas} clients={clients} />),
  (error) => {
    place.textContent = `GraphiQL could not start: ${error.message}`;
  },
);

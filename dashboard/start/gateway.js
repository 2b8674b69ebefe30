// What the start page asks the gateway. A call that fails throws an Error whose message may be shown.

async function read(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    throw new Error('The gateway cannot be reached. Is it running?', { cause: error });
  }
  if (!answer.ok) throw new Error(`The gateway answered ${path} with status ${answer.status}.`);
  return answer.json();
}

const posted = (body, headers) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export const personas = () => read('/sandbox/personas');
export const applications = () => read('/sandbox/clients');
export const simulatedSystems = () => read('/sandbox/systems');

export async function tokenOf(as) {
  return (await read('/sandbox/token', posted({ as }))).access_token;
}

/** The trusted document of all widgets in one. */
export async function dashboardDocument() {
  const dashboard = (await read('/widgets')).find(({ name }) => name === 'dashboard');
  if (!dashboard) throw new Error('The gateway has no dashboard document.');
  return dashboard.query;
}

export const ask = (query, token) => answerTo({ query }, token);

/** The answer to a document that the gateway trusts, by its id. */
export const askDocument = (documentId, variables, token) => answerTo({ documentId, variables }, token);

/** A GraphQL answer, `{ data, errors }`; GraphQL over HTTP gives one with 4xx too, which is an answer like any other. */
async function answerTo(question, token) {
  const headers = { accept: 'application/graphql-response+json, application/json;q=0.9' };
  if (token) headers.authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch('/graphql', posted(question, headers));
  } catch (error) {
    throw new Error('The gateway cannot be reached. Is it running?', { cause: error });
  }
  if (!/json/.test(answer.headers.get('content-type') ?? '')) {
    throw new Error(`The gateway answered with status ${answer.status} and no GraphQL answer.`);
  }
  return answer.json();
}

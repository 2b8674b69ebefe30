// Who the requests are sent as: the tokens of the sandbox's personas, fetched when chosen and renewed before they end.

const SECONDS_TO_SPARE = 60;

let chosen = '';
let current = null;
const listeners = new Set();

/** The Authorization header of the chosen persona, `{ as, header, ends }` with `ends` in ms, or null for nobody. */
export const authorization = () => current;

export function onAuthorization(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Send further requests as this persona or partner application; '' sends them as nobody. Throws what to tell the user. */
export async function choose(as) {
  chosen = as;
  const token = as ? await tokenOf(as) : null;
  // Somebody quicker than the network may have chosen another persona meanwhile.
  if (chosen === as) show(token);
}

/** The headers as they may be sent now: our own token is renewed when it nears its end, anybody else's is left alone. */
export async function renewed(headers = {}) {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'authorization');
  if (!name || !current || headers[name] !== current.header || !nearsItsEnd(current)) return headers;
  await choose(current.as);
  return current ? { ...headers, [name]: current.header } : headers;
}

const nearsItsEnd = (token) => token.ends - Date.now() < SECONDS_TO_SPARE * 1000;

function show(token) {
  current = token;
  for (const listener of listeners) listener();
}

async function tokenOf(as) {
  const answer = await fetch('/sandbox/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ as }),
  });
  if (!answer.ok) throw new Error(`The sandbox gave no token for ${as} (status ${answer.status}).`);
  const { access_token: token, token_type: type, expires_in: seconds } = await answer.json();
  return { as, header: `${type} ${token}`, ends: Date.now() + seconds * 1000 };
}

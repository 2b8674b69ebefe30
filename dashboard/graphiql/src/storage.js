// What GraphiQL may keep in this browser: tabs, history, preferences, but no headers.

/** Keys of the history plugin, which stores the headers of each request whatever shouldPersistHeaders says. */
const HISTORY = new Set(['graphiql:queries', 'graphiql:favorites']);

const withoutHeaders = (text) => JSON.stringify(JSON.parse(text), (name, value) => (name === 'headers' ? undefined : value));

/** localStorage, in which no token outlives the page it was meant for. */
export const storage = {
  get length() {
    return localStorage.length;
  },
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, HISTORY.has(key) ? withoutHeaders(value) : value),
  removeItem: (key) => localStorage.removeItem(key),
  clear() {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith('graphiql:')) localStorage.removeItem(key);
    }
  },
};

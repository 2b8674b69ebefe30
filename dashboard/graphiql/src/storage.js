// What GraphiQL may keep in this browser: tabs, history, preferences, but no headers.

/** Keys of the history plugin, which stores the headers of each request whatever shouldPersistHeaders says. */
const HISTORY = new Set(['graphiql:queries', 'graphiql:favorites']);

/** The tabs, and the texts of the one in front, which GraphiQL shows before it looks at the tabs. */
const TABS = new Set(['graphiql:tabState', 'graphiql:query', 'graphiql:variables']);

let tabsGivenUp = false;

const withoutHeaders = (text) => JSON.stringify(JSON.parse(text), (name, value) => (name === 'headers' ? undefined : value));

/** localStorage, in which no token outlives the page it was meant for. */
export const storage = {
  get length() {
    return localStorage.length;
  },
  getItem: (key) => localStorage.getItem(key),
  setItem(key, value) {
    if (tabsGivenUp && TABS.has(key)) return;
    localStorage.setItem(key, HISTORY.has(key) ? withoutHeaders(value) : value);
  },
  removeItem: (key) => localStorage.removeItem(key),
  clear() {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith('graphiql:')) localStorage.removeItem(key);
    }
  },
};

/** Forget the tabs; the next page begins with those it is given, whatever this one still has to save. */
export function giveUpTabs() {
  // GraphiQL saves each change by a timer of its own, half a second later: maybe after this, and before the page is left.
  tabsGivenUp = true;
  for (const key of TABS) localStorage.removeItem(key);
}

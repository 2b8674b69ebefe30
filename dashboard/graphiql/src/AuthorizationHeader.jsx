// Keeps the Authorization header in GraphiQL's headers editor in step with the persona, in whichever tab is open.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useGraphiQL } from '@graphiql/react';
import { authorization, onAuthorization } from './persona.js';

export function AuthorizationHeader() {
  const editor = useGraphiQL((state) => state.headerEditor);
  // Each tab has headers of its own: a tab that is opened later must be filled in too.
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id);
  const token = useSyncExternalStore(onAuthorization, authorization);
  const ours = useRef(new Set());

  useEffect(() => {
    if (!editor) return;
    if (token) ours.current.add(token.header);
    const filled = withAuthorization(editor.getValue(), token?.header, ours.current);
    if (filled !== editor.getValue()) editor.setValue(filled);
  }, [editor, tab, token]);
  return null;
}

/** The headers' text with our header in it; without one, ours is taken out and one that the user wrote stays. */
function withAuthorization(text, header, ours) {
  let headers;
  try {
    headers = JSON.parse(text.trim() || '{}') ?? {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Half-written or commented JSON is the user's to finish; GraphiQL says so itself when the request is sent.
    return text;
  }
  const others = Object.entries(headers).filter(
    ([name, value]) => name.toLowerCase() !== 'authorization' || (!header && !ours.has(value)),
  );
  if (header) others.unshift(['Authorization', header]);
  return others.length ? JSON.stringify(Object.fromEntries(others), null, 2) : '';
}

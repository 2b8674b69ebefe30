// The bar above GraphiQL: who the requests are sent as, and the way back to the widgets' own queries.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { authorization, choose, onAuthorization } from './persona.js';

export function PersonaBar({ personas, clients, initially, onRestoreTabs }) {
  const [as, setAs] = useState(initially);
  const [trouble, setTrouble] = useState('');
  const token = useSyncExternalStore(onAuthorization, authorization);

  useEffect(() => {
    setTrouble('');
    choose(as).catch((error) => setTrouble(error.message));
    const address = new URL(location.href);
    if (as) address.searchParams.set('as', as);
    else address.searchParams.delete('as');
    history.replaceState(null, '', address);
  }, [as]);

  return (
    <header className="persona-bar">
      <a href="/">Campus gateway</a>
      {personas.length > 0 && (
        <>
          <label htmlFor="persona">Ask as</label>
          <select id="persona" value={as} aria-describedby="persona-status" onChange={(event) => setAs(event.target.value)}>
            <option value="">nobody (public data only)</option>
            <optgroup label="People">
              {personas.map(({ id, name, campus, roles }) => (
                <option key={id} value={id}>{`${name} · ${campus} · ${roles.join(', ')}`}</option>
              ))}
            </optgroup>
            <optgroup label="Partner applications">
              {clients.map(({ id, name }) => (
                <option key={id} value={id}>{name}</option>
              ))}
            </optgroup>
          </select>
          <span id="persona-status" role="status">{trouble || statusOf(as, token)}</span>
        </>
      )}
      <button type="button" onClick={onRestoreTabs}>Restore widget tabs</button>
    </header>
  );
}

function statusOf(as, token) {
  if (!as) return '';
  if (token?.as !== as) return 'Fetching a token …';
  const until = new Date(token.ends).toLocaleTimeString('en-GB', { timeStyle: 'short' });
  return `Token filled in under Headers: good until ${until}, renewed by itself.`;
}

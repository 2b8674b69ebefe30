// Apollo Client with automatic persisted queries by GET: what it is told, and what it sends for that.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createHash } from 'node:crypto';
import { HTTP, QUERY } from './asked.mjs';

const requests = [];
const watched = (url, options) => {
  requests.push({ method: options.method, sent: Object.fromEntries(new URL(url).searchParams) });
  return fetch(url, options);
};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(
    new HttpLink({ uri: HTTP, fetch: watched, useGETForQueries: true }),
  ),
});
const data = [];
for (const name of ['Ann', 'Bea']) {
  data.push((await client.query({ query: gql(QUERY), variables: { name } })).data);
}
console.log(JSON.stringify({ data, requests }));
client.stop();

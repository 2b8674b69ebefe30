// graphql-sse, in its distinct connections mode: everything as event streams, queries too.
import { createClient } from 'graphql-sse';
import { AUTHORIZATION, HTTP, MUTATION, NAME, QUERY, SUBSCRIPTION, UP_TO, all, print } from './asked.mjs';

const client = createClient({ url: HTTP, headers: AUTHORIZATION, retryAttempts: 0 });
const data = async (query, variables) =>
  (await all((sink) => client.subscribe({ query, variables }, sink))).map((result) => result.data);
print((await data(QUERY, NAME))[0], (await data(MUTATION))[0], await data(SUBSCRIPTION, UP_TO));
client.dispose();

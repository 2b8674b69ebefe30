// graphql-ws: everything over one socket, signed in by connection_init.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { AUTHORIZATION, MUTATION, NAME, QUERY, SOCKET, SUBSCRIPTION, UP_TO, all, print } from './asked.mjs';

const client = createClient({ url: SOCKET, webSocketImpl: WebSocket, connectionParams: AUTHORIZATION });
const data = async (query, variables) =>
  (await all((sink) => client.subscribe({ query, variables }, sink))).map((result) => result.data);
print((await data(QUERY, NAME))[0], (await data(MUTATION))[0], await data(SUBSCRIPTION, UP_TO));
await client.dispose();

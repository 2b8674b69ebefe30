// Apollo Client: queries and mutations over HTTP, subscriptions over a socket, as its documentation splits them.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { AUTHORIZATION, HTTP, MUTATION, NAME, QUERY, SOCKET, SUBSCRIPTION, UP_TO, all, print } from './asked.mjs';

const sockets = createClient({ url: SOCKET, webSocketImpl: WebSocket, connectionParams: AUTHORIZATION });
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(sockets),
    new HttpLink({ uri: HTTP, headers: AUTHORIZATION }),
  ),
});
const query = await client.query({ query: gql(QUERY), variables: NAME });
const mutation = await client.mutate({ mutation: gql(MUTATION) });
const ticks = client.subscribe({ query: gql(SUBSCRIPTION), variables: UP_TO });
print(query.data, mutation.data, (await all((sink) => ticks.subscribe(sink))).map((result) => result.data));
await sockets.dispose();
client.stop();

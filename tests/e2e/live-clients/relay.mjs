// Relay's runtime: its network layer over HTTP and graphql-ws, with requests as its compiler writes them.
import { createClient } from 'graphql-ws';
import relay from 'relay-runtime';
import WebSocket from 'ws';
import { AUTHORIZATION, HTTP, MUTATION, NAME, QUERY, SOCKET, SUBSCRIPTION, UP_TO, all, print } from './asked.mjs';

const { Environment, Network, Observable, RecordSource, Store, commitMutation, fetchQuery, requestSubscription } = relay;

const sockets = createClient({ url: SOCKET, webSocketImpl: WebSocket, connectionParams: AUTHORIZATION });
const asked = (operation, variables) => ({ query: operation.text, operationName: operation.name, variables });

async function overHttp(operation, variables) {
  const answer = await fetch(HTTP, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...AUTHORIZATION },
    body: JSON.stringify(asked(operation, variables)),
  });
  return answer.json();
}

const overSocket = (operation, variables) =>
  Observable.create((sink) => sockets.subscribe(asked(operation, variables), sink));

const environment = new Environment({
  network: Network.create(overHttp, overSocket),
  store: new Store(new RecordSource()),
});

/** A request of one scalar field with at most one argument. */
function request(operationKind, text, field, argument) {
  const name = /(\w+) *[({]/.exec(text)[1];
  const definitions = argument ? [{ defaultValue: null, kind: 'LocalArgument', name: argument }] : [];
  const args = argument ? [{ kind: 'Variable', name: argument, variableName: argument }] : null;
  const selections = [{ alias: null, args, kind: 'ScalarField', name: field, storageKey: null }];
  const type = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }[operationKind];
  return {
    kind: 'Request',
    fragment: { argumentDefinitions: definitions, kind: 'Fragment', metadata: null, name, selections, type },
    operation: { argumentDefinitions: definitions, kind: 'Operation', name, selections },
    params: { cacheID: name, id: null, metadata: {}, name, operationKind, text },
  };
}

const query = await fetchQuery(environment, request('query', QUERY, 'hello', 'name'), NAME).toPromise();
const mutation = await new Promise((resolve, reject) => {
  const renew = request('mutation', MUTATION, 'renew');
  commitMutation(environment, { mutation: renew, variables: {}, onCompleted: resolve, onError: reject });
});
const subscription = await all(({ next, error, complete }) => {
  const ticks = request('subscription', SUBSCRIPTION, 'ticks', 'upTo');
  requestSubscription(environment, {
    subscription: ticks, variables: UP_TO, onNext: next, onError: error, onCompleted: complete,
  });
});
print(query, mutation, subscription);
await sockets.dispose();

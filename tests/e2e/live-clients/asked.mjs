// What every client asks, and how it prints what it was told: one line of JSON.
export const QUERY = 'query Greet($name: String!) { hello(name: $name) }';
export const MUTATION = 'mutation Renew { renew }';
export const SUBSCRIPTION = 'subscription Ticks($upTo: Int!) { ticks(upTo: $upTo) }';
export const NAME = { name: 'Ann' };
export const UP_TO = { upTo: 3 };
export const [, , HTTP, TOKEN] = process.argv;
export const SOCKET = HTTP.replace(/^http/, 'ws');
export const AUTHORIZATION = { Authorization: `Bearer ${TOKEN}` };

/** All that a source with the callbacks of an observer tells, in order. */
export const all = (subscribe) =>
  new Promise((resolve, reject) => {
    const told = [];
    subscribe({ next: (value) => told.push(value), error: reject, complete: () => resolve(told) });
  });

export function print(query, mutation, subscription) {
  console.log(JSON.stringify({ query, mutation, subscription }));
}

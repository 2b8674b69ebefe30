// urql without any exchange for sockets: subscriptions are event streams that its fetch exchange reads.
import { Client, fetchExchange } from '@urql/core';
import { AUTHORIZATION, HTTP, MUTATION, NAME, QUERY, SUBSCRIPTION, UP_TO, print } from './asked.mjs';

const client = new Client({
  url: HTTP,
  exchanges: [fetchExchange],
  fetchSubscriptions: true,
  preferGetMethod: false,
  fetchOptions: { headers: AUTHORIZATION },
});

const data = (result) => {
  if (result.error) throw result.error;
  return result.data;
};
const query = data(await client.query(QUERY, NAME).toPromise());
const mutation = data(await client.mutation(MUTATION, {}).toPromise());
const told = await new Promise((resolve, reject) => {
  const heard = [];
  client.subscription(SUBSCRIPTION, UP_TO).subscribe((result) => {
    if (result.error) reject(result.error);
    heard.push(result.data);
    if (heard.length === UP_TO.upTo) resolve(heard);
  });
});
print(query, mutation, told);

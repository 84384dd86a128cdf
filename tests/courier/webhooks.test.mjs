// What paydesk sends is what Standard Webhooks' own library takes, and nothing else is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Receiver, startDesk } from './desk.mjs';

let desk;
let receiver;

before(async () => {
  [desk, receiver] = await Promise.all([startDesk(), Receiver.start()]);
});

after(async () => {
  receiver?.stop();
  await desk?.stop();
});

test('the library verifies what an order that was paid leads to, and a rotation with both secrets', async () => {
  const wanted = { url: receiver.url, event_types: ['order.paid'] };
  const endpoint = await desk.ask('POST', '/api/webhook-endpoints', desk.admin, wanted);
  const order = await desk.payOrder();
  const came = await receiver.next();
  const said = new Webhook(endpoint.secret).verify(came.body, came.headers);
  assert.equal(said.type, 'order.paid');
  assert.equal(said.data.order_id, order.order_id);
  assert.ok(Math.abs(Date.parse(said.timestamp) - Date.now()) < 60_000, said.timestamp);

  const rotate = `/api/webhook-endpoints/${endpoint.endpoint_id}/rotate`;
  const rotated = await desk.ask('POST', rotate, desk.admin, {});
  await desk.payOrder();
  const later = await receiver.next();
  for (const secret of [endpoint.secret, rotated.secret]) new Webhook(secret).verify(later.body, later.headers);
  assert.notEqual(later.headers['webhook-id'], came.headers['webhook-id']);

  const secret = new Webhook(rotated.secret);
  assert.throws(() => secret.verify(came.body, came.headers), 'it was signed before the secret was made');
  assert.throws(() => secret.verify(`${later.body} `, later.headers), 'a changed body');
  assert.throws(() => secret.verify(later.body, { ...later.headers, 'webhook-id': 'msg_other' }), 'a changed id');
});

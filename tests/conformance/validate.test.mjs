// The judge itself is judged: a derived description must refuse what is planted, else a green run would mean nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { derive } from './derive.mjs';
import { objections } from './validate.mjs';

const description = derive();
const deletedProduct = description.operations.get('DELETE /v1/products/{}')();

/** A product that was deleted, with changes. */
const check = (changes) => objections({ id: 'prod_1', object: 'product', deleted: true, ...changes }, deletedProduct, 'it');

test('a right answer has no objections', () => {
  assert.deepEqual(check({}), []);
});

test('each kind of mistake is told apart', () => {
  assert.match(check({ id: undefined, deleted: undefined }).join(), /it\.id/);
  assert.match(check({ id: 7 }).join(), /it\.id: 7 instead of text/);
  assert.match(check({ object: 'price' }).join(), /"price" instead of "product"/);
  assert.match(check({ deleted: false }).join(), /instead of true/);
  assert.match(check({ extra: 1 }).join(), /it\.extra: unknown/);
  const { id, ...withoutId } = { id: 'prod_1', object: 'product', deleted: true };
  assert.match(objections(withoutId, deletedProduct, 'it').join(), /it\.id: missing/);
});

test('an event is judged by the shape of its own type', () => {
  const event = { id: 'evt_1', object: 'event', api_version: null, created: 1, livemode: false, pending_webhooks: 0, request: null, type: 'product.deleted', data: { object: {} } };
  const found = objections(event, description.event(), 'event');
  assert.ok(found.length > 5 && found.every((one) => one.startsWith('event.data.object.')), found.join('\n'));
});

test('the description holds what the shop needs', () => {
  for (const operation of ['POST /v1/checkout/sessions', 'GET /v1/checkout/sessions/{}/line_items', 'POST /v1/refunds', 'GET /v1/events']) {
    assert.equal(description.operations.get(operation)().kind, 'object');
  }
  const session = description.operations.get('POST /v1/checkout/sessions')();
  assert.ok(session.fields.amount_total.required && !session.fields.line_items.required);
});

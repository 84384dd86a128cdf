// What shows only over several calls: keys that repeat an answer, pages that follow each other, keys and versions that are refused.

import Stripe from 'stripe';

/** Runs every check with the node library; `report(name, problems)` is told of each. */
export async function checkProtocol(connect, report) {
  const stripe = connect({});
  const checks = {
    'a repeated idempotency key gives the first answer': () => replay(stripe),
    'an idempotency key with other parameters is refused': () => misuse(stripe),
    'the pages of a list hold every object once, newest first': () => pages(stripe),
    'a key that is none is refused': () => refusal(connect({ key: 'sk_live_not_a_test_key' }), Stripe.errors.StripeAuthenticationError),
    'a version that is not rendered is refused': () => refusal(connect({ apiVersion: '2015-01-11' }), Stripe.errors.StripeInvalidRequestError),
  };
  for (const [name, check] of Object.entries(checks)) {
    report(name, await check().catch((error) => [error.message]));
  }
}

async function replay(stripe) {
  const options = { idempotencyKey: `replay-${crypto.randomUUID()}` };
  const first = await stripe.customers.create({ email: 'once@example.org' }, options);
  const second = await stripe.customers.create({ email: 'once@example.org' }, options);
  const problems = first.id === second.id ? [] : ['it made a second customer'];
  if (second.lastResponse.headers['idempotent-replayed'] !== 'true') problems.push('the answer does not say that it is a replay');
  return problems;
}

async function misuse(stripe) {
  const options = { idempotencyKey: `misuse-${crypto.randomUUID()}` };
  await stripe.customers.create({ email: 'first@example.org' }, options);
  return refused(stripe.customers.create({ email: 'other@example.org' }, options), Stripe.errors.StripeIdempotencyError);
}

async function pages(stripe) {
  const email = `page-${crypto.randomUUID()}@example.org`;
  const made = [];
  for (let index = 0; index < 25; index += 1) made.push((await stripe.customers.create({ email })).id);
  const found = await stripe.customers.list({ email, limit: 10 }).autoPagingToArray({ limit: 100 });
  const ids = found.map((customer) => customer.id);
  return String(ids) === String(made.reverse()) ? [] : [`made ${made}, found ${ids}`];
}

function refusal(stripe, kind) {
  return refused(stripe.customers.list(), kind);
}

function refused(call, kind) {
  return call.then(
    () => ['it was accepted'],
    (error) => (error instanceof kind ? [] : [`${error.constructor.name} instead of ${kind.name}: ${error.message}`]),
  );
}

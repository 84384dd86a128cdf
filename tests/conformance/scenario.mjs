// What every driver does, in order: each operation that the sandbox covers, at least once, and the refusals a client meets.

import { connect } from './connect.mjs';
import { buyer, step } from './steps.mjs';
import { subscriptions } from './subscriptions.mjs';

const customers = [
  step('POST /v1/customers', 'customers.create', {
    params: { email: 'ada@example.org', name: 'Ada', metadata: { user: 'u1' }, address: { line1: 'Street 1', country: 'DE' } },
    keep: 'customer',
    expect: { email: 'ada@example.org', 'metadata.user': 'u1', livemode: false, 'address.country': 'DE' },
  }),
  step('GET /v1/customers/{}', 'customers.retrieve', { ids: ['$customer.id'], expect: { name: 'Ada' } }),
  step('POST /v1/customers/{}', 'customers.update', {
    ids: ['$customer.id'],
    params: { name: 'Ada L.', metadata: { plan: 'a', user: '' } },
    expect: { name: 'Ada L.', 'metadata.plan': 'a', 'metadata.user': undefined },
  }),
  step('GET /v1/customers', 'customers.list', { params: { limit: 1, email: 'ada@example.org' }, expect: { 'data.0.email': 'ada@example.org' } }),
  step('POST /v1/customers', 'customers.create', { params: { email: 'gone@example.org' }, keep: 'gone' }),
  step('DELETE /v1/customers/{}', 'customers.delete', { ids: ['$gone.id'], expect: { deleted: true } }),
  step('GET /v1/customers/{}', 'customers.retrieve', { ids: ['$gone.id'], expect: { deleted: true } }),
  step('GET /v1/customers/{}', 'customers.retrieve', { ids: ['cus_unknown'], refused: { status: 404, code: 'resource_missing' } }),
];

const catalogue = [
  step('POST /v1/products', 'products.create', {
    params: { name: 'Credits', description: 'A pack', metadata: { pack: 'small' } },
    keep: 'product',
    expect: { active: true },
  }),
  step('GET /v1/products/{}', 'products.retrieve', { ids: ['$product.id'], expect: { name: 'Credits' } }),
  step('POST /v1/products/{}', 'products.update', { ids: ['$product.id'], params: { name: 'Credits!' }, expect: { name: 'Credits!' } }),
  step('GET /v1/products', 'products.list', { params: { active: true, limit: 3 }, expect: { 'data.0.active': true } }),
  step('POST /v1/products', 'products.create', { params: { name: 'Never sold' }, keep: 'unsold' }),
  step('DELETE /v1/products/{}', 'products.delete', { ids: ['$unsold.id'], expect: { deleted: true } }),
  step('POST /v1/prices', 'prices.create', {
    params: { product: '$product.id', currency: 'eur', unit_amount: 1250, metadata: { pack: 'small' } },
    keep: 'price',
    expect: { unit_amount: 1250, unit_amount_decimal: '1250', type: 'one_time', recurring: null },
  }),
  step('GET /v1/prices/{}', 'prices.retrieve', { ids: ['$price.id'], params: { expand: ['product'] }, expect: { 'product.name': 'Credits!' } }),
  step('POST /v1/prices/{}', 'prices.update', { ids: ['$price.id'], params: { nickname: 'small pack' }, expect: { nickname: 'small pack' } }),
  step('GET /v1/prices', 'prices.list', { params: { product: '$product.id' }, expect: { 'data.0.id': '$price.id', has_more: false } }),
  step('POST /v1/prices', 'prices.create', { params: { product: '$product.id', unit_amount: 5 }, refused: { status: 400, code: 'parameter_missing' } }),
];

const checkout = [
  step('POST /v1/checkout/sessions', 'checkout.sessions.create', {
    params: {
      mode: 'payment',
      customer: '$customer.id',
      line_items: [{ price: '$price.id', quantity: 2 }],
      success_url: 'http://127.0.0.1/success?session={CHECKOUT_SESSION_ID}',
      cancel_url: 'http://127.0.0.1/cancel',
      client_reference_id: 'intent-1',
      metadata: { intent: 'intent-1' },
      payment_intent_data: { metadata: { intent: 'intent-1' } },
    },
    keep: 'session',
    expect: { status: 'open', payment_status: 'unpaid', amount_total: 2500, currency: 'eur', line_items: undefined },
  }),
  step('GET /v1/checkout/sessions/{}/line_items', 'checkout.sessions.line_items.list', {
    ids: ['$session.id'],
    expect: { 'data.0.quantity': 2, 'data.0.amount_total': 2500 },
  }),
  step('POST /v1/checkout/sessions/{}', 'checkout.sessions.update', {
    ids: ['$session.id'],
    params: { metadata: { seen: 'yes' } },
    expect: { 'metadata.seen': 'yes', 'metadata.intent': 'intent-1' },
  }),
  step('POST /v1/payment_methods', 'payment_methods.create', { params: { type: 'card', card: { token: 'tok_visa' } }, keep: 'buyers_card' }),
  buyer('POST /v1/payment_pages/{}/confirm', { ids: ['$session.id'], params: { payment_method: '$buyers_card.id', expected_amount: 2500 } }),
  step('GET /v1/checkout/sessions/{}', 'checkout.sessions.retrieve', {
    ids: ['$session.id'],
    params: { expand: ['line_items', 'payment_intent.latest_charge'] },
    keep: 'paid',
    expect: { status: 'complete', payment_status: 'paid', 'line_items.data.0.quantity': 2, 'payment_intent.latest_charge.amount': 2500 },
  }),
  step('GET /v1/checkout/sessions', 'checkout.sessions.list', { params: { payment_intent: '$paid.payment_intent.id' }, expect: { 'data.0.id': '$session.id' } }),
  step('POST /v1/checkout/sessions/{}/expire', 'checkout.sessions.expire', { ids: ['$session.id'], refused: { status: 400, type: 'invalid_request_error' } }),
  step('POST /v1/checkout/sessions', 'checkout.sessions.create', {
    params: {
      mode: 'payment',
      line_items: [{ price_data: { currency: 'jpy', unit_amount: 500, product_data: { name: 'Review' } }, quantity: 1 }],
      success_url: 'http://127.0.0.1/success',
    },
    keep: 'abandoned',
    expect: { amount_total: 500, currency: 'jpy', customer: null },
  }),
  step('POST /v1/checkout/sessions/{}/expire', 'checkout.sessions.expire', { ids: ['$abandoned.id'], expect: { status: 'expired', url: null } }),
  step('POST /v1/checkout/sessions', 'checkout.sessions.create', {
    params: { mode: 'payment', success_url: 'http://127.0.0.1/', payment_method_types: ['card'], line_items: [{ price: '$price.id', quantity: 1 }] },
    refused: { status: 400, type: 'invalid_request_error' },
  }),
];

const payments = [
  step('POST /v1/payment_methods', 'payment_methods.create', { params: { type: 'card', card: { token: 'tok_visa' } }, keep: 'card', expect: { 'card.last4': '4242' } }),
  step('POST /v1/payment_methods/{}/attach', 'payment_methods.attach', {
    ids: ['$card.id'],
    params: { customer: '$customer.id' },
    expect: { customer: '$customer.id' },
  }),
  step('GET /v1/payment_methods/{}', 'payment_methods.retrieve', { ids: ['$card.id'], expect: { type: 'card' } }),
  step('GET /v1/payment_methods', 'payment_methods.list', { params: { customer: '$customer.id' }, expect: { 'data.0.customer': '$customer.id' } }),
  step('GET /v1/customers/{}/payment_methods', 'customers.payment_methods.list', { ids: ['$customer.id'], expect: { 'data.0.customer': '$customer.id' } }),
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 2000, currency: 'usd', customer: '$customer.id', metadata: { intent: 'intent-2' } },
    keep: 'intent',
    expect: { status: 'requires_payment_method', latest_charge: null },
  }),
  step('POST /v1/payment_intents/{}', 'payment_intents.update', { ids: ['$intent.id'], params: { amount: 2100 }, expect: { amount: 2100 } }),
  step('POST /v1/payment_intents/{}/confirm', 'payment_intents.confirm', {
    ids: ['$intent.id'],
    params: { payment_method: 'pm_card_visa', return_url: 'http://127.0.0.1/' },
    keep: 'succeeded',
    expect: { status: 'succeeded', amount_received: 2100 },
  }),
  step('GET /v1/payment_intents/{}', 'payment_intents.retrieve', {
    ids: ['$intent.id'],
    params: { expand: ['latest_charge.balance_transaction'] },
    expect: { 'latest_charge.balance_transaction.amount': 2100, 'latest_charge.balance_transaction.type': 'charge' },
  }),
  step('GET /v1/payment_intents', 'payment_intents.list', { params: { customer: '$customer.id', limit: 1 }, expect: { has_more: true, 'data.0.id': '$intent.id' } }),
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 700, currency: 'usd', confirm: true, payment_method: 'pm_card_visa_chargeDeclined', return_url: 'http://127.0.0.1/' },
    refused: { status: 402, type: 'card_error', code: 'card_declined' },
  }),
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 700, currency: 'usd', confirm: true, payment_method: 'pm_card_threeDSecure2Required', return_url: 'http://127.0.0.1/' },
    keep: 'challenged',
    expect: { status: 'requires_action', 'next_action.type': 'redirect_to_url' },
  }),
  step('POST /v1/payment_intents/{}/cancel', 'payment_intents.cancel', {
    ids: ['$challenged.id'],
    params: { cancellation_reason: 'abandoned' },
    expect: { status: 'canceled', cancellation_reason: 'abandoned' },
  }),
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 900, currency: 'usd', confirm: true, capture_method: 'manual', payment_method: 'pm_card_visa', return_url: 'http://127.0.0.1/' },
    keep: 'held',
    expect: { status: 'requires_capture', amount_capturable: 900 },
  }),
  step('POST /v1/payment_intents/{}/capture', 'payment_intents.capture', {
    ids: ['$held.id'],
    params: { amount_to_capture: 600 },
    expect: { status: 'succeeded', amount_received: 600 },
  }),
  step('GET /v1/customers/{}/payment_methods/{}', 'customers.payment_methods.retrieve', { ids: ['$customer.id', '$card.id'], expect: { id: '$card.id' } }),
  step('POST /v1/payment_methods/{}', 'payment_methods.update', {
    ids: ['$card.id'],
    params: { billing_details: { name: 'Ada' }, metadata: { kept: 'yes' } },
    expect: { 'billing_details.name': 'Ada', 'metadata.kept': 'yes' },
  }),
  step('POST /v1/payment_methods/{}/detach', 'payment_methods.detach', { ids: ['$card.id'], expect: { customer: null } }),
];

const setups = [
  step('POST /v1/setup_intents', 'setup_intents.create', { params: { customer: '$customer.id' }, keep: 'setup', expect: { status: 'requires_payment_method' } }),
  step('POST /v1/setup_intents/{}', 'setup_intents.update', { ids: ['$setup.id'], params: { metadata: { a: 'b' } }, expect: { 'metadata.a': 'b' } }),
  step('GET /v1/setup_intents', 'setup_intents.list', { params: { customer: '$customer.id' }, expect: { 'data.0.id': '$setup.id' } }),
  step('POST /v1/setup_intents/{}/confirm', 'setup_intents.confirm', {
    ids: ['$setup.id'],
    params: { payment_method: 'pm_card_visa', return_url: 'http://127.0.0.1/' },
    expect: { status: 'succeeded' },
  }),
  step('GET /v1/setup_intents/{}', 'setup_intents.retrieve', { ids: ['$setup.id'], expect: { usage: 'off_session' } }),
  step('POST /v1/setup_intents', 'setup_intents.create', { params: {}, keep: 'unwanted' }),
  step('POST /v1/setup_intents/{}/cancel', 'setup_intents.cancel', { ids: ['$unwanted.id'], expect: { status: 'canceled' } }),
];

const money = [
  step('GET /v1/charges/{}', 'charges.retrieve', { ids: ['$succeeded.latest_charge'], expect: { paid: true, captured: true, amount: 2100 } }),
  step('POST /v1/charges/{}', 'charges.update', {
    ids: ['$succeeded.latest_charge'],
    params: { metadata: { checked: 'yes' } },
    expect: { 'metadata.checked': 'yes' },
  }),
  step('GET /v1/charges', 'charges.list', { params: { payment_intent: '$intent.id' }, expect: { 'data.0.id': '$succeeded.latest_charge' } }),
  step('POST /v1/refunds', 'refunds.create', {
    params: { payment_intent: '$intent.id', amount: 100, reason: 'requested_by_customer' },
    keep: 'refund',
    expect: { status: 'succeeded', amount: 100 },
  }),
  step('GET /v1/refunds/{}', 'refunds.retrieve', { ids: ['$refund.id'], expect: { payment_intent: '$intent.id' } }),
  step('POST /v1/refunds/{}', 'refunds.update', { ids: ['$refund.id'], params: { metadata: { case: '7' } }, expect: { 'metadata.case': '7' } }),
  step('GET /v1/refunds', 'refunds.list', { params: { charge: '$succeeded.latest_charge' }, expect: { 'data.0.id': '$refund.id' } }),
  step('POST /v1/refunds', 'refunds.create', {
    params: { payment_intent: '$intent.id', amount: 99999 },
    refused: { status: 400, type: 'invalid_request_error' },
  }),
  step('GET /v1/charges/{}', 'charges.retrieve', { ids: ['$succeeded.latest_charge'], expect: { amount_refunded: 100, refunded: false } }),
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 800, currency: 'usd', confirm: true, payment_method: 'pm_card_pendingRefund', return_url: 'http://127.0.0.1/' },
    keep: 'slow',
  }),
  step('POST /v1/refunds', 'refunds.create', { params: { charge: '$slow.latest_charge' }, keep: 'pending', expect: { status: 'pending' } }),
  step('POST /v1/refunds/{}/cancel', 'refunds.cancel', { ids: ['$pending.id'], expect: { status: 'canceled' } }),
  step('POST /v1/charges', 'charges.create', {
    params: { amount: 400, currency: 'usd', source: 'tok_visa', capture: false },
    keep: 'old_way',
    expect: { captured: false, amount: 400 },
  }),
  step('POST /v1/charges/{}/capture', 'charges.capture', { ids: ['$old_way.id'], expect: { captured: true } }),
  step('GET /v1/balance', 'balance.retrieve', { expect: { livemode: false } }),
  step('GET /v1/balance_transactions', 'balance_transactions.list', { params: { source: '$refund.id' }, keep: 'movements', expect: { 'data.0.amount': -100 } }),
  step('GET /v1/balance_transactions/{}', 'balance_transactions.retrieve', { ids: ['$movements.data.0.id'], expect: { type: 'refund' } }),
];

/** The bank takes a payment back: the first dispute is accepted, the second is won. */
const disputes = ['lost', 'won'].flatMap((end) => [
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 3000, currency: 'usd', confirm: true, payment_method: 'pm_card_createDispute', return_url: 'http://127.0.0.1/' },
    keep: 'disputed',
    expect: { status: 'succeeded' },
  }),
  step('GET /v1/disputes', 'disputes.list', { params: { payment_intent: '$disputed.id' }, keep: 'claims', expect: { 'data.0.status': 'needs_response' } }),
  step('GET /v1/disputes/{}', 'disputes.retrieve', { ids: ['$claims.data.0.id'], expect: { amount: 3000, charge: '$disputed.latest_charge' } }),
  end === 'lost'
    ? step('POST /v1/disputes/{}/close', 'disputes.close', { ids: ['$claims.data.0.id'], expect: { status: 'lost' } })
    : step('POST /v1/disputes/{}', 'disputes.update', {
        ids: ['$claims.data.0.id'],
        params: { evidence: { uncategorized_text: 'winning_evidence' }, submit: true },
        expect: { status: 'won' },
      }),
]);

/** A bank warns of fraud before anybody disputes. */
const warnings = [
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 2000, currency: 'usd', confirm: true, payment_method: 'pm_card_createIssuerFraudRecord', return_url: 'http://127.0.0.1/' },
    keep: 'warned',
    expect: { status: 'succeeded' },
  }),
  step('GET /v1/radar/early_fraud_warnings', 'radar.early_fraud_warnings.list', { params: { payment_intent: '$warned.id' }, keep: 'warnings', expect: { 'data.0.actionable': true } }),
  step('GET /v1/radar/early_fraud_warnings/{}', 'radar.early_fraud_warnings.retrieve', { ids: ['$warnings.data.0.id'], expect: { charge: '$warned.latest_charge' } }),
];

const events = [
  step('GET /v1/account', 'accounts.retrieve_current', { expect: { object: 'account' } }),
  step('GET /v1/events', 'events.list', { params: { type: 'refund.created', limit: 1 }, keep: 'told', expect: { 'data.0.data.object.id': '$pending.id' } }),
  step('GET /v1/events/{}', 'events.retrieve', { ids: ['$told.data.0.id'], expect: { type: 'refund.created' } }),
  step('POST /v1/webhook_endpoints', 'webhook_endpoints.create', {
    params: { url: 'http://127.0.0.1:9/unheard', enabled_events: ['customer.created'] },
    keep: 'endpoint',
    expect: { status: 'enabled' },
  }),
  step('GET /v1/webhook_endpoints/{}', 'webhook_endpoints.retrieve', { ids: ['$endpoint.id'], expect: { secret: undefined } }),
  step('POST /v1/webhook_endpoints/{}', 'webhook_endpoints.update', { ids: ['$endpoint.id'], params: { disabled: true }, expect: { status: 'disabled' } }),
  step('GET /v1/webhook_endpoints', 'webhook_endpoints.list', { params: { limit: 1 }, expect: { 'data.0.id': '$endpoint.id' } }),
  step('DELETE /v1/webhook_endpoints/{}', 'webhook_endpoints.delete', { ids: ['$endpoint.id'], expect: { deleted: true } }),
];

export const scenario = [...customers, ...catalogue, ...checkout, ...payments, ...setups, ...money, ...disputes, ...warnings, ...subscriptions, ...connect, ...events];

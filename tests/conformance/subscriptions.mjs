// What is sold again and again: test clocks, subscriptions and their items, invoices and what waits for them.

import { buyer, step } from './steps.mjs';

const day = 86_400;
/** 2026-11-01T00:00:00Z: a month of thirty days lies ahead. */
const start = 1_793_491_200;
const firstEnd = start + 30 * day;

/** A time of its own, and a customer who pays by card in it. */
const clocks = [
  step('POST /v1/test_helpers/test_clocks', 'test_helpers.test_clocks.create', {
    params: { frozen_time: start, name: 'renewals' },
    keep: 'clock',
    expect: { status: 'ready', frozen_time: start },
  }),
  step('GET /v1/test_helpers/test_clocks', 'test_helpers.test_clocks.list', { params: { limit: 1 }, expect: { 'data.0.id': '$clock.id' } }),
  step('POST /v1/customers', 'customers.create', {
    params: {
      email: 'monthly@example.org',
      test_clock: '$clock.id',
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    },
    keep: 'subscriber',
    expect: { test_clock: '$clock.id' },
  }),
  ...[
    ['small', 3000, 'month'],
    ['large', 6000, 'month'],
    ['seat', 500, 'month'],
    ['yearly', 30_000, 'year'],
  ].map(([keep, amount, interval]) =>
    step('POST /v1/prices', 'prices.create', {
      params: { product: '$product.id', currency: 'usd', unit_amount: amount, recurring: { interval } },
      keep,
      expect: { type: 'recurring', 'recurring.interval': interval },
    }),
  ),
];

const life = [
  step('POST /v1/subscriptions', 'subscriptions.create', {
    params: { customer: '$subscriber.id', items: [{ price: '$small.id' }], metadata: { plan: 'small' } },
    keep: 'subscription',
    expect: {
      status: 'active',
      'metadata.plan': 'small',
      'billing_mode.type': 'flexible',
      'items.data.0.current_period_start': start,
      'items.data.0.current_period_end': firstEnd,
    },
  }),
  step('POST /v1/subscriptions', 'subscriptions.create', {
    params: { customer: '$subscriber.id', items: [{ price: '$price.id' }] },
    refused: { status: 400, type: 'invalid_request_error' },
  }),
  step('POST /v1/subscriptions', 'subscriptions.create', {
    params: { customer: '$subscriber.id' },
    refused: { status: 400, code: 'parameter_missing' },
  }),
  step('GET /v1/subscriptions/{}', 'subscriptions.retrieve', {
    ids: ['$subscription.id'],
    params: { expand: ['latest_invoice.payments', 'customer', 'default_payment_method'] },
    keep: 'begun',
    expect: {
      'latest_invoice.status': 'paid',
      'latest_invoice.billing_reason': 'subscription_create',
      'latest_invoice.payments.data.0.status': 'paid',
      'customer.email': 'monthly@example.org',
    },
  }),
  step('GET /v1/subscriptions', 'subscriptions.list', {
    params: { customer: '$subscriber.id', status: 'active', price: '$small.id' },
    expect: { 'data.0.id': '$subscription.id', has_more: false },
  }),
  step('POST /v1/subscriptions/{}', 'subscriptions.update', {
    ids: ['$subscription.id'],
    params: { metadata: { seen: 'yes' }, cancel_at_period_end: true },
    expect: { 'metadata.seen': 'yes', cancel_at_period_end: true, cancel_at: firstEnd },
  }),
  step('POST /v1/subscriptions/{}', 'subscriptions.update', {
    ids: ['$subscription.id'],
    params: { cancel_at_period_end: false },
    expect: { cancel_at_period_end: false, canceled_at: null },
  }),
  step('POST /v1/test_helpers/test_clocks/{}/advance', 'test_helpers.test_clocks.advance', {
    ids: ['$clock.id'],
    params: { frozen_time: start + 15 * day },
    expect: { status: 'advancing', 'status_details.advancing.target_frozen_time': start + 15 * day },
  }),
  step('GET /v1/test_helpers/test_clocks/{}', 'test_helpers.test_clocks.retrieve', {
    ids: ['$clock.id'],
    expect: { status: 'ready', frozen_time: start + 15 * day },
  }),
  step('POST /v1/test_helpers/test_clocks/{}/advance', 'test_helpers.test_clocks.advance', {
    ids: ['$clock.id'],
    params: { frozen_time: start },
    refused: { status: 400, type: 'invalid_request_error' },
  }),
];

/** Half of the month is over: a change costs half of the difference. */
const changes = [
  step('POST /v1/subscriptions/{}', 'subscriptions.update', {
    ids: ['$subscription.id'],
    params: {
      items: [{ id: '$subscription.items.data.0.id', price: '$large.id' }],
      proration_behavior: 'always_invoice',
      expand: ['latest_invoice'],
    },
    expect: { 'items.data.0.price.id': '$large.id', 'latest_invoice.total': 1500, 'latest_invoice.billing_reason': 'subscription_update' },
  }),
  step('POST /v1/subscription_items', 'subscription_items.create', {
    params: { subscription: '$subscription.id', price: '$seat.id', quantity: 2 },
    keep: 'seats',
    expect: { quantity: 2, subscription: '$subscription.id' },
  }),
  step('POST /v1/subscription_items/{}', 'subscription_items.update', { ids: ['$seats.id'], params: { quantity: 4 }, expect: { quantity: 4 } }),
  step('GET /v1/subscription_items/{}', 'subscription_items.retrieve', { ids: ['$seats.id'], expect: { 'price.id': '$seat.id' } }),
  step('GET /v1/subscription_items', 'subscription_items.list', {
    params: { subscription: '$subscription.id' },
    expect: { 'data.0.price.id': '$large.id', 'data.1.id': '$seats.id' },
  }),
  step('GET /v1/invoiceitems', 'invoice_items.list', { params: { customer: '$subscriber.id', pending: true }, expect: { 'data.0.proration': true } }),
  step('DELETE /v1/subscription_items/{}', 'subscription_items.delete', { ids: ['$seats.id'], expect: { deleted: true } }),
  step('POST /v1/subscriptions/{}/pause', 'subscriptions.pause', { ids: ['$subscription.id'], expect: { status: 'paused' } }),
  step('POST /v1/subscriptions/{}/resume', 'subscriptions.resume', {
    ids: ['$subscription.id'],
    params: { billing_cycle_anchor: { type: 'unchanged' } },
    expect: { status: 'active' },
  }),
];

const invoicesOfPeriods = [
  step('POST /v1/test_helpers/test_clocks/{}/advance', 'test_helpers.test_clocks.advance', {
    ids: ['$clock.id'],
    params: { frozen_time: firstEnd + day },
  }),
  step('GET /v1/invoices', 'invoices.list', {
    params: { subscription: '$subscription.id', status: 'paid' },
    keep: 'paid_invoices',
    expect: { 'data.0.billing_reason': 'subscription_cycle' },
  }),
  step('GET /v1/invoices/{}', 'invoices.retrieve', {
    ids: ['$paid_invoices.data.0.id'],
    params: { expand: ['payments.data.payment.payment_intent'] },
    keep: 'renewal',
    expect: {
      'parent.subscription_details.subscription': '$subscription.id',
      'payments.data.0.payment.payment_intent.status': 'succeeded',
    },
  }),
  step('GET /v1/invoices/{}/lines', 'invoices.line_items.list', {
    ids: ['$paid_invoices.data.0.id'],
    params: { limit: 100 },
    expect: { has_more: false },
  }),
  step('GET /v1/invoice_payments', 'invoice_payments.list', {
    params: { payment: { type: 'payment_intent', payment_intent: '$renewal.payments.data.0.payment.payment_intent.id' } },
    keep: 'paid_by',
    expect: { 'data.0.invoice': '$renewal.id', 'data.0.status': 'paid' },
  }),
  step('GET /v1/invoice_payments/{}', 'invoice_payments.retrieve', { ids: ['$paid_by.data.0.id'], expect: { invoice: '$renewal.id' } }),
  step('DELETE /v1/subscriptions/{}', 'subscriptions.cancel', {
    ids: ['$subscription.id'],
    params: { prorate: true, invoice_now: true, cancellation_details: { comment: 'enough' } },
    expect: { status: 'canceled', 'cancellation_details.comment': 'enough' },
  }),
  // Thirty of thirty-one days are given back, as a balance that the next invoices would use up.
  step('GET /v1/customers/{}', 'customers.retrieve', { ids: ['$subscriber.id'], expect: { balance: -5806 } }),
  step('POST /v1/customers/{}', 'customers.update', { ids: ['$subscriber.id'], params: { balance: 0 }, expect: { balance: 0 } }),
  step('POST /v1/subscriptions/{}/resume', 'subscriptions.resume', { ids: ['$subscription.id'], refused: { status: 400, type: 'invalid_request_error' } }),
];

/** What the next invoice would be; nothing is changed by asking. */
const previews = [
  step('POST /v1/invoices/create_preview', 'invoices.create_preview', {
    params: { subscription: '$subscription.id' },
    expect: { billing_reason: 'upcoming', status: 'draft', total: 3000, 'lines.data.0.period.start': firstEnd },
  }),
  step('POST /v1/invoices/create_preview', 'invoices.create_preview', {
    params: {
      subscription: '$subscription.id',
      subscription_details: { items: [{ id: '$subscription.items.data.0.id', price: '$large.id' }], proration_behavior: 'always_invoice' },
    },
    expect: { total: 1500, 'lines.data.0.amount': -1500, 'lines.data.1.amount': 3000 },
  }),
  step('POST /v1/invoices/create_preview', 'invoices.create_preview', {
    params: { customer: '$subscriber.id', subscription_details: { items: [{ price: '$seat.id', quantity: 3 }] } },
    expect: { total: 1500, amount_due: 1500 },
  }),
  step('POST /v1/invoices/create_preview', 'invoices.create_preview', {
    params: { customer: '$subscriber.id' },
    refused: { status: 404, code: 'invoice_upcoming_none' },
  }),
];

/** What customers may do by themselves, and their way to it. */
const portal = [
  step('POST /v1/billing_portal/configurations', 'billing_portal.configurations.create', {
    params: {
      business_profile: { headline: 'Your plans' },
      features: {
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: { enabled: true, mode: 'at_period_end' },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ['price'],
          products: [{ product: '$product.id', prices: ['$small.id', '$large.id'] }],
          proration_behavior: 'always_invoice',
        },
      },
    },
    keep: 'rules',
    expect: { active: true, is_default: false, 'features.subscription_update.products.0.prices.1': '$large.id' },
  }),
  step('POST /v1/billing_portal/configurations/{}', 'billing_portal.configurations.update', {
    ids: ['$rules.id'],
    params: { features: { subscription_pause: { enabled: false } }, metadata: { shop: '1' } },
    expect: { 'metadata.shop': '1', 'features.subscription_cancel.enabled': true },
  }),
  step('GET /v1/billing_portal/configurations/{}', 'billing_portal.configurations.retrieve', {
    ids: ['$rules.id'],
    expect: { 'business_profile.headline': 'Your plans' },
  }),
  step('GET /v1/billing_portal/configurations', 'billing_portal.configurations.list', {
    params: { active: true, is_default: false, limit: 1 },
    expect: { 'data.0.id': '$rules.id' },
  }),
  step('POST /v1/billing_portal/sessions', 'billing_portal.sessions.create', {
    params: { customer: '$subscriber.id', configuration: '$rules.id', return_url: 'http://127.0.0.1/account' },
    expect: { return_url: 'http://127.0.0.1/account', configuration: '$rules.id', flow: null },
  }),
  step('POST /v1/billing_portal/sessions', 'billing_portal.sessions.create', {
    params: { customer: '$subscriber.id', flow_data: { type: 'subscription_cancel', subscription_cancel: { subscription: '$subscription.id' } } },
    expect: { 'flow.subscription_cancel.subscription': '$subscription.id' },
  }),
];

const trial = [
  step('POST /v1/subscriptions', 'subscriptions.create', {
    params: { customer: '$subscriber.id', items: [{ price: '$yearly.id' }], trial_period_days: 7, expand: ['latest_invoice'] },
    keep: 'tried',
    expect: { status: 'trialing', 'latest_invoice.total': 0, 'latest_invoice.status': 'paid' },
  }),
  step('POST /v1/subscriptions/{}', 'subscriptions.update', {
    ids: ['$tried.id'],
    params: { pause_collection: { behavior: 'keep_as_draft' } },
    expect: { 'pause_collection.behavior': 'keep_as_draft', 'pause_collection.resumes_at': null },
  }),
  step('DELETE /v1/subscriptions/{}', 'subscriptions.cancel', { ids: ['$tried.id'], expect: { status: 'canceled' } }),
];

/** Bought on the hosted page: the subscription is there when it is paid, and not before. */
const bought = [
  step('POST /v1/checkout/sessions', 'checkout.sessions.create', {
    params: {
      mode: 'subscription',
      customer: '$subscriber.id',
      line_items: [{ price: '$seat.id', quantity: 2 }],
      success_url: 'http://127.0.0.1/success',
      subscription_data: { metadata: { intent: 'intent-3' } },
    },
    keep: 'plan_session',
    expect: { mode: 'subscription', amount_total: 1000, subscription: null },
  }),
  step('POST /v1/payment_methods', 'payment_methods.create', { params: { type: 'card', card: { token: 'tok_visa' } }, keep: 'plan_card' }),
  buyer('POST /v1/payment_pages/{}/confirm', { ids: ['$plan_session.id'], params: { payment_method: '$plan_card.id', expected_amount: 1000 } }),
  step('GET /v1/checkout/sessions/{}', 'checkout.sessions.retrieve', {
    ids: ['$plan_session.id'],
    params: { expand: ['subscription', 'invoice'] },
    expect: {
      status: 'complete',
      payment_intent: null,
      'subscription.status': 'active',
      'subscription.metadata.intent': 'intent-3',
      'invoice.status': 'paid',
      'invoice.amount_paid': 1000,
    },
  }),
];

/** What waits for an invoice, and invoices of its own making: paid, sent, voided, given up, deleted. */
const invoices = [
  step('POST /v1/invoiceitems', 'invoice_items.create', {
    params: { customer: '$subscriber.id', amount: 700, currency: 'usd', description: 'A report' },
    keep: 'waiting',
    expect: { amount: 700, invoice: null },
  }),
  step('POST /v1/invoiceitems/{}', 'invoice_items.update', {
    ids: ['$waiting.id'],
    params: { amount: 800, metadata: { report: '7' } },
    expect: { amount: 800, 'metadata.report': '7' },
  }),
  step('GET /v1/invoiceitems/{}', 'invoice_items.retrieve', { ids: ['$waiting.id'], expect: { description: 'A report' } }),
  step('POST /v1/invoiceitems', 'invoice_items.create', {
    params: { customer: '$subscriber.id', pricing: { price: '$price.id' }, currency: 'eur' },
    keep: 'unwanted_item',
    expect: { amount: 1250, currency: 'eur' },
  }),
  step('DELETE /v1/invoiceitems/{}', 'invoice_items.delete', { ids: ['$unwanted_item.id'], expect: { deleted: true } }),
  step('POST /v1/invoices', 'invoices.create', {
    params: { customer: '$subscriber.id', pending_invoice_items_behavior: 'include', auto_advance: false },
    keep: 'invoice',
    expect: { status: 'draft', total: 800, billing_reason: 'manual' },
  }),
  step('POST /v1/invoices/{}', 'invoices.update', {
    ids: ['$invoice.id'],
    params: { description: 'Thank you', metadata: { checked: 'yes' } },
    expect: { description: 'Thank you', 'metadata.checked': 'yes' },
  }),
  step('POST /v1/invoices/{}/finalize', 'invoices.finalize_invoice', {
    ids: ['$invoice.id'],
    expect: { status: 'open', amount_due: 800 },
  }),
  step('POST /v1/invoices/{}/pay', 'invoices.pay', {
    ids: ['$invoice.id'],
    params: { payment_method: 'pm_card_visa_chargeDeclined' },
    refused: { status: 402, type: 'card_error', code: 'card_declined' },
  }),
  step('POST /v1/invoices/{}/pay', 'invoices.pay', { ids: ['$invoice.id'], expect: { status: 'paid', amount_paid: 800 } }),
  step('POST /v1/invoices/{}/pay', 'invoices.pay', { ids: ['$invoice.id'], refused: { status: 400, code: 'invoice_already_paid' } }),
  ...['void', 'mark_uncollectible', 'send', 'delete'].flatMap((end) => [
    step('POST /v1/invoices', 'invoices.create', {
      params: { customer: '$subscriber.id', collection_method: 'send_invoice', days_until_due: 7, currency: 'usd' },
      keep: end,
      expect: { status: 'draft', collection_method: 'send_invoice' },
    }),
    step('POST /v1/invoiceitems', 'invoice_items.create', {
      params: { customer: '$subscriber.id', amount: 900, currency: 'usd', invoice: `$${end}.id` },
      expect: { invoice: `$${end}.id` },
    }),
  ]),
  step('POST /v1/invoices/{}/finalize', 'invoices.finalize_invoice', { ids: ['$void.id'], expect: { status: 'open', amount_due: 900 } }),
  step('POST /v1/invoices/{}/void', 'invoices.void_invoice', { ids: ['$void.id'], expect: { status: 'void' } }),
  step('POST /v1/invoices/{}/finalize', 'invoices.finalize_invoice', { ids: ['$mark_uncollectible.id'] }),
  step('POST /v1/invoices/{}/mark_uncollectible', 'invoices.mark_uncollectible', {
    ids: ['$mark_uncollectible.id'],
    expect: { status: 'uncollectible' },
  }),
  step('POST /v1/invoices/{}/send', 'invoices.send_invoice', { ids: ['$send.id'], expect: { status: 'open' } }),
  step('POST /v1/invoices/{}/pay', 'invoices.pay', { ids: ['$send.id'], params: { paid_out_of_band: true }, expect: { status: 'paid' } }),
  step('DELETE /v1/invoices/{}', 'invoices.delete', { ids: ['$delete.id'], expect: { deleted: true } }),
  step('DELETE /v1/invoices/{}', 'invoices.delete', { ids: ['$invoice.id'], refused: { status: 400, type: 'invalid_request_error' } }),
];

const end = [
  step('DELETE /v1/test_helpers/test_clocks/{}', 'test_helpers.test_clocks.delete', { ids: ['$clock.id'], expect: { deleted: true } }),
  step('GET /v1/customers/{}', 'customers.retrieve', { ids: ['$subscriber.id'], expect: { deleted: true } }),
];

export const subscriptions = [...clocks, ...life, ...previews, ...portal, ...changes, ...invoicesOfPeriods, ...trial, ...bought, ...invoices, ...end];

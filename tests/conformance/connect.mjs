// What is passed on to others: connected accounts, their onboarding, transfers to them and back, and what they pay out.

import { step, visitor } from './steps.mjs';

const accounts = [
  step('POST /v1/accounts', 'accounts.create', {
    params: { type: 'express', country: 'US', email: 'builder@example.org', capabilities: { transfers: { requested: true } }, metadata: { builder: 'b1' } },
    keep: 'account',
    expect: { type: 'express', details_submitted: false, 'capabilities.transfers': 'inactive', 'metadata.builder': 'b1', 'controller.type': 'application' },
  }),
  step('POST /v1/accounts', 'accounts.create', {
    params: {
      country: 'JP',
      capabilities: { transfers: { requested: true } },
      controller: { fees: { payer: 'application' }, losses: { payments: 'application' }, stripe_dashboard: { type: 'express' } },
    },
    keep: 'by_parts',
    expect: { type: 'express', default_currency: 'jpy', 'controller.requirement_collection': 'stripe' },
  }),
  step('POST /v1/accounts', 'accounts.create', {
    params: { type: 'express', controller: { stripe_dashboard: { type: 'express' } } },
    refused: { status: 400, type: 'invalid_request_error' },
  }),
  step('GET /v1/accounts/{}', 'accounts.retrieve', { ids: ['$account.id'], expect: { 'requirements.disabled_reason': 'requirements.past_due' } }),
  step('GET /v1/accounts/{}', 'accounts.retrieve', { ids: ['acct_unknown'], refused: { status: 403, code: 'account_invalid' } }),
  step('POST /v1/accounts/{}', 'accounts.update', {
    ids: ['$account.id'],
    params: { metadata: { builder: 'b2' }, business_profile: { url: 'https://builder.example.org' } },
    expect: { 'metadata.builder': 'b2', 'business_profile.url': 'https://builder.example.org' },
  }),
  step('GET /v1/accounts', 'accounts.list', { params: { limit: 1 }, expect: { 'data.0.id': '$by_parts.id', has_more: true } }),
  step('DELETE /v1/accounts/{}', 'accounts.delete', { ids: ['$by_parts.id'], expect: { deleted: true } }),
  step('POST /v1/transfers', 'transfers.create', {
    params: { amount: 100, currency: 'usd', destination: '$account.id' },
    refused: { status: 400, code: 'insufficient_capabilities_for_transfer' },
  }),
  step('POST /v1/account_links', 'account_links.create', {
    params: { account: '$account.id', type: 'account_onboarding', refresh_url: 'http://127.0.0.1/again', return_url: 'http://127.0.0.1/done' },
    keep: 'link',
    expect: { object: 'account_link' },
  }),
  visitor('POST /setup/s/{}/{}', {
    page: '$link.url',
    params: { first_name: 'Ada', last_name: 'Builder', bank_account: '000123456789', action: 'submit' },
    expect: { status: 303, location: 'http://127.0.0.1/done' },
  }),
  step('GET /v1/accounts/{}', 'accounts.retrieve', {
    ids: ['$account.id'],
    expect: { details_submitted: true, payouts_enabled: true, 'capabilities.transfers': 'active', 'requirements.disabled_reason': null },
  }),
  step('GET /v1/account', 'accounts.retrieve_current', { account: '$account.id', expect: { id: '$account.id' } }),
];

const transfers = [
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 5000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa', return_url: 'http://127.0.0.1/', transfer_group: 'booking-1' },
    keep: 'booked',
    expect: { status: 'succeeded' },
  }),
  step('POST /v1/transfers', 'transfers.create', {
    params: { amount: 4000, currency: 'usd', destination: '$account.id', source_transaction: '$booked.latest_charge', metadata: { line: '1' } },
    keep: 'transfer',
    expect: { amount: 4000, reversed: false, transfer_group: 'booking-1', 'metadata.line': '1' },
  }),
  step('POST /v1/transfers', 'transfers.create', {
    params: { amount: 1001, currency: 'usd', destination: '$account.id', source_transaction: '$booked.latest_charge' },
    refused: { status: 400, type: 'invalid_request_error' },
  }),
  step('POST /v1/transfers', 'transfers.create', {
    params: { amount: 99_999_999, currency: 'usd', destination: '$account.id' },
    refused: { status: 400, code: 'balance_insufficient' },
  }),
  step('POST /v1/transfers', 'transfers.create', {
    params: { amount: 100, currency: 'usd', destination: 'acct_unknown' },
    refused: { status: 400, code: 'resource_missing' },
  }),
  step('GET /v1/transfers/{}', 'transfers.retrieve', {
    ids: ['$transfer.id'],
    params: { expand: ['balance_transaction', 'destination', 'destination_payment', 'source_transaction'] },
    expect: {
      'balance_transaction.amount': -4000,
      'balance_transaction.type': 'transfer',
      'destination.id': '$account.id',
      'destination_payment.amount': 4000,
      'source_transaction.id': '$booked.latest_charge',
    },
  }),
  step('POST /v1/transfers/{}', 'transfers.update', { ids: ['$transfer.id'], params: { metadata: { line: '2' } }, expect: { 'metadata.line': '2' } }),
  step('GET /v1/transfers', 'transfers.list', { params: { transfer_group: 'booking-1', limit: 1 }, expect: { 'data.0.id': '$transfer.id' } }),
  step('POST /v1/transfers/{}/reversals', 'transfers.reversals.create', {
    ids: ['$transfer.id'],
    params: { amount: 1500, metadata: { refund: '1' } },
    keep: 'reversal',
    expect: { amount: 1500, transfer: '$transfer.id' },
  }),
  step('POST /v1/transfers/{}/reversals', 'transfers.reversals.create', {
    ids: ['$transfer.id'],
    params: { amount: 2501 },
    refused: { status: 400, type: 'invalid_request_error' },
  }),
  step('GET /v1/transfers/{}/reversals/{}', 'transfers.reversals.retrieve', { ids: ['$transfer.id', '$reversal.id'], expect: { 'metadata.refund': '1' } }),
  step('POST /v1/transfers/{}/reversals/{}', 'transfers.reversals.update', {
    ids: ['$transfer.id', '$reversal.id'],
    params: { metadata: { refund: '2' } },
    expect: { 'metadata.refund': '2' },
  }),
  step('GET /v1/transfers/{}/reversals', 'transfers.reversals.list', { ids: ['$transfer.id'], expect: { 'data.0.id': '$reversal.id', has_more: false } }),
  step('GET /v1/transfers/{}', 'transfers.retrieve', { ids: ['$transfer.id'], expect: { amount_reversed: 1500, 'reversals.data.0.id': '$reversal.id' } }),
];

const payouts = [
  step('GET /v1/balance', 'balance.retrieve', { account: '$account.id', expect: { 'pending.0.amount': 2500, 'available.0.amount': 0 } }),
  step('POST /v1/payouts', 'payouts.create', {
    account: '$account.id',
    params: { amount: 100, currency: 'usd' },
    refused: { status: 400, code: 'balance_insufficient' },
  }),
  step('POST /v1/payment_intents', 'payment_intents.create', {
    params: { amount: 9000, currency: 'usd', confirm: true, payment_method: 'pm_card_bypassPending', return_url: 'http://127.0.0.1/' },
    keep: 'at_once',
    expect: { status: 'succeeded' },
  }),
  step('POST /v1/transfers', 'transfers.create', {
    params: { amount: 2000, currency: 'usd', destination: '$account.id', source_transaction: '$at_once.latest_charge' },
    expect: { amount: 2000 },
  }),
  step('POST /v1/payouts', 'payouts.create', { account: '$account.id', params: { amount: 700, currency: 'usd' }, keep: 'payout', expect: { status: 'pending', amount: 700 } }),
  step('GET /v1/payouts/{}', 'payouts.retrieve', {
    account: '$account.id',
    ids: ['$payout.id'],
    params: { expand: ['balance_transaction', 'destination'] },
    expect: { 'balance_transaction.net': -700, 'destination.last4': '6789' },
  }),
  step('GET /v1/payouts/{}', 'payouts.retrieve', { ids: ['$payout.id'], refused: { status: 404, code: 'resource_missing' } }),
  step('POST /v1/payouts/{}', 'payouts.update', { account: '$account.id', ids: ['$payout.id'], params: { metadata: { week: '48' } }, expect: { 'metadata.week': '48' } }),
  step('POST /v1/payouts/{}/cancel', 'payouts.cancel', { account: '$account.id', ids: ['$payout.id'], expect: { status: 'canceled' } }),
  step('GET /v1/payouts', 'payouts.list', { account: '$account.id', params: { status: 'canceled' }, expect: { 'data.0.id': '$payout.id' } }),
  step('GET /v1/balance_transactions', 'balance_transactions.list', {
    account: '$account.id',
    params: { type: 'payout_cancel' },
    expect: { 'data.0.amount': 700, has_more: false },
  }),
  step('GET /v1/balance', 'balance.retrieve', { account: 'acct_unknown', refused: { status: 403, code: 'account_invalid' } }),
];

export const connect = [...accounts, ...transfers, ...payouts];

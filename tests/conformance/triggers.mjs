// `stripe trigger`: Stripe's own request sequences, each of which must end in the event it is named after.

/** The events that the sandbox's objects can tell of, with what the command needs beside the name. */
export const triggers = [
  ['customer.created'],
  ['customer.updated'],
  ['customer.deleted'],
  ['product.created'],
  ['product.updated'],
  ['product.deleted'],
  ['price.created'],
  ['price.updated'],
  ['payment_intent.created'],
  ['payment_intent.succeeded'],
  ['payment_intent.payment_failed'],
  ['payment_intent.canceled'],
  ['payment_intent.requires_action'],
  ['payment_intent.amount_capturable_updated'],
  ['charge.succeeded'],
  ['charge.failed'],
  ['charge.captured'],
  ['charge.refunded'],
  ['charge.refund.updated'],
  ['charge.dispute.created'],
  ['charge.dispute.updated'],
  ['charge.dispute.closed'],
  ['checkout.session.completed'],
  ['checkout.session.expired'],
  ['checkout.session.async_payment_succeeded'],
  ['checkout.session.async_payment_failed'],
  ['setup_intent.created'],
  ['setup_intent.succeeded'],
  ['setup_intent.setup_failed'],
  ['setup_intent.canceled'],
  ['setup_intent.requires_action'],
  ['payment_method.attached'],
  ['payment_method.detached'],
  ['payment_method.updated'],
  ['customer.subscription.created'],
  ['customer.subscription.updated'],
  ['customer.subscription.deleted'],
  ['customer.subscription.paused'],
  ['customer.subscription.trial_will_end'],
  ['invoice.created'],
  ['invoice.deleted'],
  ['invoice.finalized'],
  ['invoice.marked_uncollectible'],
  ['invoice.paid'],
  ['invoice.payment_action_required'],
  ['invoice.payment_failed'],
  ['invoice.payment_succeeded'],
  ['invoice.sent'],
  ['invoice.updated'],
  ['invoice.voided'],
  ['invoiceitem.created'],
  ['invoiceitem.deleted'],
  ['billing_portal.configuration.created'],
  ['billing_portal.configuration.updated'],
  ['billing_portal.session.created'],
];

/** The words that make a trigger's price one of this plan of paydesk's catalogue. */
const ofPlan = (plan) => ['--override', `price:product=paydesk_${plan}`];
const forUser = (user) => ['--add', `subscription:metadata.paydesk_user=${user}`];

/** Triggers that subscribe a user to a plan, with what paydesk must then say that the user has. */
export const subscribing = [
  {
    words: [
      'checkout.session.completed',
      ...ofPlan('pro-monthly'),
      ...['--add', 'price:recurring.interval=month'],
      ...['--override', 'checkout_session:mode=subscription', '--remove', 'checkout_session:payment_intent_data'],
      ...['--add', 'checkout_session:subscription_data.metadata.paydesk_user=user_at_checkout'],
    ],
    // The command buys two of everything.
    wanted: { user: 'user_at_checkout', plan: 'pro-monthly', status: 'active', tier: 'pro', credits: 1000 },
  },
  {
    words: ['customer.subscription.created', ...ofPlan('label-monthly'), ...forUser('user_subscribed')],
    wanted: { user: 'user_subscribed', plan: 'label-monthly', status: 'active', tier: 'label', credits: 2500 },
  },
  {
    words: ['customer.subscription.deleted', ...ofPlan('label-monthly'), ...forUser('user_deleted')],
    wanted: { user: 'user_deleted', status: 'canceled', tier: 'free' },
  },
];

/** The events that tell of connected accounts: they arrive at the endpoint for those. */
export const connectTriggers = [['account.updated']];

/** A file of our own for `stripe fixtures`: objects that refer to each other by the command's own notation. */
export const fixtures = {
  _meta: { template_version: 0 },
  fixtures: [
    { name: 'buyer', path: '/v1/customers', method: 'post', params: { email: 'fixture@example.org' } },
    { name: 'pack', path: '/v1/products', method: 'post', params: { name: 'Fixture pack' } },
    { name: 'cost', path: '/v1/prices', method: 'post', params: { product: '${pack:id}', currency: 'usd', unit_amount: 300 } },
    {
      name: 'paid',
      path: '/v1/payment_intents',
      method: 'post',
      params: { amount: 300, currency: 'usd', customer: '${buyer:id}', payment_method: 'pm_card_visa', confirm: true, return_url: 'http://127.0.0.1/' },
    },
  ],
};

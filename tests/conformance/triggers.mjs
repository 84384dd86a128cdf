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
];

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

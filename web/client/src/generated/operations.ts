// Generated from docs/openapi.json by `npm run generate`. Not to be edited.

import type { CallOptions, Input, Output } from "../shape.js";

/** Method and address of every operation; its query parameters after `?`, its headers after `#`, `{}` where it takes a body. */
export const routes = {
  addCredits: "POST /api/financial/credits/{user_id}/add {}",
  approveRefundRequest: "POST /api/refund-requests/{request_id}/approve {}",
  assignOrder: "POST /api/orders/{order_id}/assignment {}",
  beginOnboarding: "POST /api/payouts/accounts/{user_id}/onboarding {}",
  cancelBooking: "POST /api/bookings/{booking_id}/cancel",
  cancelSubscription: "DELETE /api/stripe/subscriptions/{id}?when",
  captureHold: "POST /api/financial/credits/{user_id}/holds/{hold_id}/capture {}",
  changeContact: "PUT /api/users/{user_id}/contact {}",
  changeSubscription: "POST /api/subscriptions/{id}/change {}",
  changeTopUp: "PUT /api/financial/credits/{user_id}/top-up {}",
  createCalendarFeed: "POST /api/calendar-feeds {}",
  createCheckoutSession: "POST /api/stripe/create-checkout-session {}",
  createHold: "POST /api/financial/credits/{user_id}/holds {}",
  createKey: "POST /api/keys {}",
  createOrder: "POST /api/orders {}",
  createRefund: "POST /api/refunds {}",
  createSubscription: "POST /api/stripe/create-subscription {}",
  createWebhookEndpoint: "POST /api/webhook-endpoints {}",
  declineRefundRequest: "POST /api/refund-requests/{request_id}/decline {}",
  downloadCreditHistory: "GET /api/financial/credits/{user_id}/history.csv?after,key_id,code,from,to",
  downloadPayoutStatement: "GET /api/payouts/{user_id}/statement.csv?from,to",
  enableWebhookEndpoint: "POST /api/webhook-endpoints/{endpoint_id}/enable",
  endCalendarFeed: "DELETE /api/calendar-feeds/{part}?user_id",
  explainCredits: "GET /api/financial/credits/{user_id}/explain?key_id,limit,after",
  listAllSubscriptions: "GET /api/subscriptions?limit,after,user_id,status",
  listBankPayouts: "GET /api/payouts/{user_id}/bank-payouts?limit,after",
  listBookingSlots: "GET /api/bookings/slots?session_type,from,to,time_zone",
  listBookings: "GET /api/bookings?limit,after,status,builder_id,user_id",
  listCalendarFeeds: "GET /api/calendar-feeds?user_id",
  listCreditHistory: "GET /api/financial/credits/{user_id}/history?limit,after,key_id,code,from,to",
  listDisputes: "GET /api/disputes?limit,after,user_id,payment_intent_id,status",
  listEarnings: "GET /api/payouts/{user_id}/earnings?limit,after",
  listEvents: "GET /api/events?limit,after,status,type",
  listFraudWarnings: "GET /api/fraud-warnings?limit,after,user_id",
  listHolds: "GET /api/financial/credits/{user_id}/holds?limit,after,status",
  listKeys: "GET /api/keys?limit,after,user_id",
  listLedgerTransfers: "GET /api/ledger/transfers?limit,after,code",
  listNotices: "GET /api/notices?limit,after,user_id",
  listOrderChanges: "GET /api/orders/{order_id}/changes?limit,after",
  listOrders: "GET /api/orders?limit,after,status,package_id,reviewer_id,user_id",
  listPayments: "GET /api/payments?limit,after,user_id,status",
  listPayoutAccounts: "GET /api/payouts/accounts?limit,after,user_id,status",
  listPayoutTransfers: "GET /api/payouts/transfers?limit,after,user_id,status",
  listProducts: "GET /api/stripe/products",
  listPurchases: "GET /api/purchases?limit,after,user_id",
  listRefundRequests: "GET /api/refund-requests?limit,after,status,user_id",
  listRefunds: "GET /api/refunds?limit,after,user_id,payment_intent_id,status",
  listSeededData: "GET /api/seeded-data?limit,after,user_id",
  listSubscriptionInvoices: "GET /api/subscriptions/{user_id}/invoices?limit,after",
  listSubscriptions: "GET /api/stripe/subscriptions/{id}",
  listUsers: "GET /api/users?limit,after,search",
  listWebhookDeliveries: "GET /api/webhook-endpoints/{endpoint_id}/deliveries?limit,after,status",
  listWebhookEndpoints: "GET /api/webhook-endpoints?limit,after",
  markBookingNoShow: "POST /api/bookings/{booking_id}/no-show",
  moveCredits: "POST /api/financial/credits/{user_id}/move {}",
  moveOrder: "POST /api/orders/{order_id}/moves {}",
  openCustomerPortal: "GET /api/stripe/customer-portal?return_url,user_id",
  previewSubscriptionChange: "GET /api/subscriptions/{id}/change/preview?plan_id,proration_behavior",
  readAccountSession: "GET /api/account/session",
  readAvailability: "GET /api/builders/{builder_id}/availability",
  readBooking: "GET /api/bookings/{booking_id}",
  readConsoleSession: "GET /api/console/session",
  readContact: "GET /api/users/{user_id}/contact",
  readCredits: "GET /api/financial/credits/{user_id}?key_id",
  readDashboard: "GET /api/financial/admin/dashboard?from,to,currency,interval",
  readDispute: "GET /api/disputes/{dispute_id}",
  readEntitlements: "GET /api/entitlements/{user_id}",
  readEvent: "GET /api/events/{id}",
  readHold: "GET /api/financial/credits/{user_id}/holds/{hold_id}",
  readKey: "GET /api/keys/{key_id}",
  readLedgerTransfer: "GET /api/ledger/transfers/{position}",
  readOrder: "GET /api/orders/{order_id}",
  readPayment: "GET /api/payments/{payment_id}",
  readPaymentStatus: "GET /payment/status?session_id",
  readPayoutAccount: "GET /api/payouts/accounts/{user_id}",
  readPayoutStatement: "GET /api/payouts/{user_id}/statement?from,to",
  readPurchase: "GET /api/purchases/{purchase_id}",
  readRefund: "GET /api/refunds/{refund_id}",
  readRefundRequest: "GET /api/refund-requests/{request_id}",
  readSeededData: "GET /api/seeded-data/{name}?user_id",
  readSubscription: "GET /api/subscriptions/{id}",
  readTopUp: "GET /api/financial/credits/{user_id}/top-up",
  readUserTimeline: "GET /api/users/{user_id}/timeline?limit,after",
  readWebhookDelivery: "GET /api/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}",
  readWebhookEndpoint: "GET /api/webhook-endpoints/{endpoint_id}",
  releaseHold: "POST /api/financial/credits/{user_id}/holds/{hold_id}/release",
  removeContact: "DELETE /api/users/{user_id}/contact",
  removeCredits: "POST /api/financial/credits/{user_id}/remove {}",
  removeTopUp: "DELETE /api/financial/credits/{user_id}/top-up",
  removeWebhookEndpoint: "DELETE /api/webhook-endpoints/{endpoint_id}",
  replaceAvailability: "PUT /api/builders/{builder_id}/availability#If-Match {}",
  replaceSeededData: "PUT /api/seeded-data/{name}?user_id#If-Match {}",
  replayEvent: "POST /api/events/{id}/replay?dry_run",
  replayWebhookDeliveries: "POST /api/webhook-endpoints/{endpoint_id}/replay {}",
  requestRefund: "POST /api/refund-requests {}",
  rescheduleBooking: "POST /api/bookings/{booking_id}/reschedule {}",
  resumeSubscription: "POST /api/subscriptions/{id}/resume",
  revealKey: "POST /api/keys/{key_id}/reveal",
  revokeKey: "POST /api/keys/{key_id}/revoke",
  rotateKey: "POST /api/keys/{key_id}/rotate {}",
  rotateWebhookSecret: "POST /api/webhook-endpoints/{endpoint_id}/rotate {}",
  setUpTopUp: "POST /api/financial/credits/{user_id}/top-up/setup {}",
  signInToAccount: "PUT /api/account/session",
  signInToConsole: "PUT /api/console/session {}",
  signOutOfAccount: "DELETE /api/account/session",
  signOutOfConsole: "DELETE /api/console/session",
  spendCredits: "POST /api/financial/credits/{user_id}/spend {}",
  verifyKey: "POST /api/keys/verify {}",
} as const;

/** Every operation that an application calls. */
export interface Operations {
  /**
   * Give credits
   *
   * An operator, or a service with the scope `credits:grant`, gives credits with a reason.
   */
  addCredits(input: Input<"add_credits">, options?: CallOptions): Promise<Output<"add_credits">>;

  /**
   * Approve a refund
   *
   * The last approval that is needed grants the refund, on the payment as it then stands; it is made in the next moments.
   * Above `[refunds] four_eyes_above` whoever approves must be another than who asked, and above `two_approvals_above` it
   * takes two.
   */
  approveRefundRequest(input: Input<"approve_refund_request">, options?: CallOptions): Promise<Output<"approve_refund_request">>;

  /**
   * Assign an order
   *
   * Says which user is to work on it. They see it under `GET /api/orders?reviewer_id=…`, and may move it on.
   */
  assignOrder(input: Input<"assign_order">, options?: CallOptions): Promise<Output<"assign_order">>;

  /**
   * Begin onboarding
   *
   * Makes the builder's connected account at Stripe, once, and a way to Stripe's page on which they say who they are and where
   * they want to be paid. The page opens once and for a few minutes; ask with a new Idempotency-Key for another. What became
   * of it is told by Stripe's events, and read at `GET /api/payouts/accounts/{user_id}`.
   */
  beginOnboarding(input: Input<"begin_onboarding">, options?: CallOptions): Promise<Output<"begin_onboarding">>;

  /**
   * Cancel a booking
   *
   * The client may until it begins, and gets the share of `refund_tiers` that is reached; the builder, a service with the scope
   * `bookings:write` and the operator may at any time, and the client gets everything. Its time is free again.
   */
  cancelBooking(input: Input<"cancel_booking">, options?: CallOptions): Promise<Output<"cancel_booking">>;

  /**
   * End a subscription
   *
   * With the period that is paid for, or at once. A repeat does nothing more, so no Idempotency-Key is needed.
   */
  cancelSubscription(input: Input<"cancel_subscription">, options?: CallOptions): Promise<Output<"cancel_subscription">>;

  /**
   * Capture a hold
   *
   * Uses what was set aside, all of it or a part; the rest goes back to where it came from. A hold ends once: one that was
   * captured, released or has expired answers 409 `hold_ended`.
   */
  captureHold(input: Input<"capture_hold">, options?: CallOptions): Promise<Output<"capture_hold">>;

  /**
   * Say where a user is reached
   *
   * E-mails to the user go there from now on. Only a service with the scope `contacts:write` and the operator may say so.
   */
  changeContact(input: Input<"change_contact">, options?: CallOptions): Promise<Output<"change_contact">>;

  /**
   * Change the plan of a subscription
   *
   * Up or down, to another plan of the same group, in the currency that is paid. What is to be paid at once and cannot be
   * is 402 `payment_failed`, and then nothing was changed.
   */
  changeSubscription(input: Input<"change_subscription">, options?: CallOptions): Promise<Output<"change_subscription">>;

  /**
   * Set top-ups
   *
   * Says what is wanted when the user's wallet runs low, in place of what was wanted before. Credits are bought with the
   * payment method that `…/top-up/setup` saved: one purchase at a time, two within ten minutes at most, and none after one
   * has failed until another payment method is saved. What the pack costs now is agreed to; more is never charged. The user
   * agrees to that themselves, or by the application's back end; nobody at the console does it for them.
   */
  changeTopUp(input: Input<"change_top_up">, options?: CallOptions): Promise<Output<"change_top_up">>;

  /**
   * Make a calendar feed
   *
   * Gives an address that a calendar can subscribe to, with the sessions of the last 30 days and all to come. Whoever knows the
   * address can read them. Another request makes another address, and the one before leads nowhere.
   */
  createCalendarFeed(input: Input<"create_calendar_feed">, options?: CallOptions): Promise<Output<"create_calendar_feed">>;

  /**
   * Start a checkout
   *
   * Writes the purchase, makes a checkout session at Stripe and gives its page. Nothing is handed over before Stripe's
   * signed event says that the money is there. A repeat with the same Idempotency-Key leads to the same session.
   */
  createCheckoutSession(input?: Input<"create_checkout_session">, options?: CallOptions): Promise<Output<"create_checkout_session">>;

  /**
   * Hold credits
   *
   * Sets credits aside for a use that is not certain yet. Then capture what was used, or release it; a hold that is neither
   * expires by itself, and the credits go back to where they came from.
   */
  createHold(input: Input<"create_hold">, options?: CallOptions): Promise<Output<"create_hold">>;

  /**
   * Make a key
   *
   * Makes an API key and shows its secret, this once. A user makes their own, a service with the scope `keys:write` anybody's.
   * What is kept is a hash, so a repeat of the request is answered 409 `secret_already_shown`.
   */
  createKey(input: Input<"create_key">, options?: CallOptions): Promise<Output<"create_key">>;

  /**
   * Make an order
   *
   * Writes a draft with the package's own fields. Pay for it with `POST /api/stripe/create-checkout-session`.
   */
  createOrder(input: Input<"create_order">, options?: CallOptions): Promise<Output<"create_order">>;

  /**
   * Give money back
   *
   * Makes a refund at Stripe, of all that can be given back or of a part, once for the Idempotency-Key. What was bought is
   * taken back in the same share: credits out of the lot that the payment made first, and where they are spent already the
   * user owes them. A refund that fails later gives back what was taken.
   */
  createRefund(input?: Input<"create_refund">, options?: CallOptions): Promise<Output<"create_refund">>;

  /**
   * Begin a subscription without a checkout page
   *
   * It is paid with the payment method that the user saved. Where the bank refuses or wants to ask the buyer, the subscription
   * stands `incomplete`, and the answer says how the buyer can pay: with the client secret, or on Stripe's page.
   */
  createSubscription(input: Input<"create_subscription">, options?: CallOptions): Promise<Output<"create_subscription">>;

  /**
   * Register an endpoint
   *
   * Messages of the types that are wanted are sent there from now on, signed as Standard Webhooks defines it. The answer holds
   * the secret, which is shown nowhere else.
   */
  createWebhookEndpoint(input: Input<"create_webhook_endpoint">, options?: CallOptions): Promise<Output<"create_webhook_endpoint">>;

  /**
   * Decline a refund
   *
   * Nothing is given back. The reason is told to the buyer, who may ask again.
   */
  declineRefundRequest(input: Input<"decline_refund_request">, options?: CallOptions): Promise<Output<"decline_refund_request">>;

  /**
   * Download what happened to a wallet
   *
   * The same as a table of comma-separated values (RFC 4180), up to 10,000 rows. Where there may be more, a `Link` header with
   * `rel="next"` holds the query that goes on. Texts that a spreadsheet would take for a formula begin with an apostrophe.
   */
  downloadCreditHistory(input: Input<"download_credit_history">, options?: CallOptions): Promise<Output<"download_credit_history">>;

  /**
   * Download a statement of earnings
   *
   * The entries of the same statement as a table of comma-separated values (RFC 4180), with amounts in major units as well.
   */
  downloadPayoutStatement(input: Input<"download_payout_statement">, options?: CallOptions): Promise<Output<"download_payout_statement">>;

  /**
   * Enable an endpoint
   *
   * Sends to an endpoint again that was disabled, beginning with what was on its way. What was decided meanwhile was not
   * kept for it.
   */
  enableWebhookEndpoint(input: Input<"enable_webhook_endpoint">, options?: CallOptions): Promise<Output<"enable_webhook_endpoint">>;

  /**
   * End a calendar feed
   *
   * Its address leads nowhere from now on, whoever knows it. Where there is none it stays so.
   */
  endCalendarFeed(input: Input<"end_calendar_feed">, options?: CallOptions): Promise<Output<"end_calendar_feed">>;

  /**
   * Explain a wallet
   *
   * From the balance to every open lot, to the transfer that made it, to what caused that: the purchase with its payment and
   * Stripe's event, or the reason that was given with the request; through moves between wallets back to the first. Also what
   * is set aside and for what, and what is owed and why. All of it is true at one moment, and adds up: `balance` is
   * `balance_before`, the amounts of `lots` and `balance_behind` together.
   */
  explainCredits(input: Input<"explain_credits">, options?: CallOptions): Promise<Output<"explain_credits">>;

  /**
   * List everybody's subscriptions
   *
   * Newest first, those that are over too. A service needs the scope `subscriptions:read`. Those of one user, for that user:
   * `GET /api/stripe/subscriptions/{user_id}`.
   */
  listAllSubscriptions(input?: Input<"list_all_subscriptions">, options?: CallOptions): Promise<Output<"list_all_subscriptions">>;

  /**
   * List payouts to the bank
   *
   * What Stripe has sent from the user's connected account to their bank, newest first, as far as its events have told. What
   * comes back is on the connected account again, and is sent anew by Stripe once the bank account is mended on its page.
   */
  listBankPayouts(input: Input<"list_bank_payouts">, options?: CallOptions): Promise<Output<"list_bank_payouts">>;

  /**
   * List free slots
   *
   * The starts at which a session of this type can be booked now: within its builder's availability, far enough ahead and
   * not too far, and with room for the buffers between other bookings. A slot that is listed can be gone when it is booked.
   * Needs no authentication.
   */
  listBookingSlots(input: Input<"list_booking_slots">, options?: CallOptions): Promise<Output<"list_booking_slots">>;

  /**
   * List bookings
   *
   * Newest first: a user's own, or with `builder_id` those that they give, whoever booked. A service with the scope
   * `bookings:read` and the operator see everybody's.
   */
  listBookings(input?: Input<"list_bookings">, options?: CallOptions): Promise<Output<"list_bookings">>;

  /**
   * List calendar feeds
   *
   * Which feeds a user has, without their addresses, which are shown once.
   */
  listCalendarFeeds(input?: Input<"list_calendar_feeds">, options?: CallOptions): Promise<Output<"list_calendar_feeds">>;

  /**
   * Read what happened to a wallet
   *
   * Every transfer that touched it, newest first: what came in or went out, what the wallet held afterwards, and what was
   * behind it. What is set aside or owed is told too: holds leave the wallet and come back when they are given free. Over the
   * whole history `amount` sums up to what the wallet holds, `held` to what is held and `owed` to what is owed. Where few
   * transfers are what is asked for, a page may hold fewer than `limit`, or none: as long as there is a `next`, there may be
   * more.
   */
  listCreditHistory(input: Input<"list_credit_history">, options?: CallOptions): Promise<Output<"list_credit_history">>;

  /**
   * List disputes
   *
   * All disputes that Stripe told of, newest first. What is disputed counts as given back until the dispute is won.
   */
  listDisputes(input?: Input<"list_disputes">, options?: CallOptions): Promise<Output<"list_disputes">>;

  /**
   * List earnings
   *
   * What the user earned of each sale, newest first, and how far it is transferred.
   */
  listEarnings(input: Input<"list_earnings">, options?: CallOptions): Promise<Output<"list_earnings">>;

  /**
   * List events
   *
   * What came in from Stripe, newest first. Where few events are of the status or type that is asked for, a page may hold
   * fewer than `limit`, or none: as long as there is a `next`, there may be more.
   */
  listEvents(input?: Input<"list_events">, options?: CallOptions): Promise<Output<"list_events">>;

  /**
   * List warnings of fraud
   *
   * What banks suspect to be fraud, newest first. `PAYDESK_ON_FRAUD_WARNING=refund` gives such payments back at once.
   */
  listFraudWarnings(input?: Input<"list_fraud_warnings">, options?: CallOptions): Promise<Output<"list_fraud_warnings">>;

  /**
   * List holds
   *
   * A user's holds, newest first.
   */
  listHolds(input: Input<"list_holds">, options?: CallOptions): Promise<Output<"list_holds">>;

  /**
   * List keys
   *
   * A user's API keys, newest first, revoked ones included and without their secrets.
   */
  listKeys(input?: Input<"list_keys">, options?: CallOptions): Promise<Output<"list_keys">>;

  /**
   * List transfers of the ledger
   *
   * Everybody's, newest first; those of one wallet are its history. Where few are of the code that is asked for, a page may
   * hold fewer than `limit`, or none: as long as there is a `next`, there may be more. A service needs the scope
   * `reports:read`.
   */
  listLedgerTransfers(input?: Input<"list_ledger_transfers">, options?: CallOptions): Promise<Output<"list_ledger_transfers">>;

  /**
   * List notices
   *
   * What a user is to be told, newest first: that their wallet runs low or a top-up failed, that a payment of their
   * subscription failed or its trial ends, or that access ended.
   */
  listNotices(input?: Input<"list_notices">, options?: CallOptions): Promise<Output<"list_notices">>;

  /**
   * List the changes of an order
   *
   * Its history, the newest change first: every status and every reviewer it had, who brought it there, and when. Nothing
   * of it is ever changed or removed.
   */
  listOrderChanges(input: Input<"list_order_changes">, options?: CallOptions): Promise<Output<"list_order_changes">>;

  /**
   * List orders
   *
   * Newest first: a user's own, or with `reviewer_id` those that they are to work on, whoever ordered. A service with the
   * scope `orders:read` and the operator see everybody's: `?status=paid` lists what is to be done.
   */
  listOrders(input?: Input<"list_orders">, options?: CallOptions): Promise<Output<"list_orders">>;

  /**
   * List payments
   *
   * Payments that Stripe told of, newest first. A service needs the scope `purchases:read`.
   */
  listPayments(input?: Input<"list_payments">, options?: CallOptions): Promise<Output<"list_payments">>;

  /**
   * List connected accounts
   *
   * Everybody's, in the order of whose they are. A service needs the scope `payouts:read`.
   */
  listPayoutAccounts(input?: Input<"list_payout_accounts">, options?: CallOptions): Promise<Output<"list_payout_accounts">>;

  /**
   * List transfers to connected accounts
   *
   * What was transferred for earnings and what was taken back, newest first, whatever became of it. A service needs the scope
   * `payouts:read`.
   */
  listPayoutTransfers(input?: Input<"list_payout_transfers">, options?: CallOptions): Promise<Output<"list_payout_transfers">>;

  /**
   * List what is for sale
   *
   * The catalogue as declared in the catalogue file, with prices in minor units by currency; plans that are no longer on
   * sale are left out. Needs no authentication.
   */
  listProducts(input?: Input<"list_products">, options?: CallOptions): Promise<Output<"list_products">>;

  /**
   * List purchases
   *
   * A user's purchases, newest first.
   */
  listPurchases(input?: Input<"list_purchases">, options?: CallOptions): Promise<Output<"list_purchases">>;

  /**
   * List requests for refunds
   *
   * Newest first: a user's own; everybody's for a service with the scope `purchases:read` and the operator.
   * `?status=waiting` lists what is to be decided. Who approved is told by reading one.
   */
  listRefundRequests(input?: Input<"list_refund_requests">, options?: CallOptions): Promise<Output<"list_refund_requests">>;

  /**
   * List refunds
   *
   * All refunds that Stripe told of, newest first, whoever made them.
   */
  listRefunds(input?: Input<"list_refunds">, options?: CallOptions): Promise<Output<"list_refunds">>;

  /**
   * List seeded data
   *
   * What a user's subscriptions began with, as the user has it now, in the order of the names.
   */
  listSeededData(input?: Input<"list_seeded_data">, options?: CallOptions): Promise<Output<"list_seeded_data">>;

  /**
   * List a user's invoices
   *
   * Newest first, with Stripe's pages where they can be read and paid, as Stripe has them now.
   */
  listSubscriptionInvoices(input: Input<"list_subscription_invoices">, options?: CallOptions): Promise<Output<"list_subscription_invoices">>;

  /**
   * List a user's subscriptions
   *
   * Newest first, those that are over too, as the verified events have told of them.
   */
  listSubscriptions(input: Input<"list_subscriptions">, options?: CallOptions): Promise<Output<"list_subscriptions">>;

  /**
   * List users
   *
   * Everybody who has a customer at Stripe, a wallet or an e-mail address here, in the order of their ids; or those whom
   * `search` finds. A service needs the scope `reports:read`.
   */
  listUsers(input?: Input<"list_users">, options?: CallOptions): Promise<Output<"list_users">>;

  /**
   * List what was sent
   *
   * The deliveries of an endpoint, newest first.
   */
  listWebhookDeliveries(input: Input<"list_webhook_deliveries">, options?: CallOptions): Promise<Output<"list_webhook_deliveries">>;

  /**
   * List endpoints
   *
   * Newest first, without their secrets.
   */
  listWebhookEndpoints(input?: Input<"list_webhook_endpoints">, options?: CallOptions): Promise<Output<"list_webhook_endpoints">>;

  /**
   * Say that the client did not come
   *
   * For the builder of a confirmed booking that has begun, a service with the scope `bookings:write` and the operator. What was
   * paid stays paid.
   */
  markBookingNoShow(input: Input<"mark_booking_no_show">, options?: CallOptions): Promise<Output<"mark_booking_no_show">>;

  /**
   * Move credits
   *
   * Moves credits between the wallet of a user and those of their API keys, once for the Idempotency-Key. Credits keep
   * their end and their priority.
   */
  moveCredits(input: Input<"move_credits">, options?: CallOptions): Promise<Output<"move_credits">>;

  /**
   * Move an order on
   *
   * The reviewer whom it is assigned to begins (`in_progress`), puts back (`paid`) and delivers (`delivered`) it; a service
   * with the scope `orders:write` and the operator may do so too, and cancel it. Who ordered may cancel it before work
   * began. What was paid for a cancelled order is given back: all of it where the shop cancels, the share of
   * `[refunds] order_share_percent` where the buyer does. What money does to an order is not moved by hand.
   */
  moveOrder(input: Input<"move_order">, options?: CallOptions): Promise<Output<"move_order">>;

  /**
   * Open the customer portal
   *
   * Stripe's page on which the user sees their invoices, changes what they pay with, and ends a subscription.
   */
  openCustomerPortal(input?: Input<"open_customer_portal">, options?: CallOptions): Promise<Output<"open_customer_portal">>;

  /**
   * Preview a change of plan
   *
   * What the change would cost now, as Stripe reckons it. Nothing is changed by looking.
   */
  previewSubscriptionChange(input: Input<"preview_subscription_change">, options?: CallOptions): Promise<Output<"preview_subscription_change">>;

  /**
   * Who is signed in to the account
   */
  readAccountSession(input?: Input<"read_account_session">, options?: CallOptions): Promise<Output<"read_account_session">>;

  /**
   * Read a builder's availability
   *
   * For the builder, a service with the scope `bookings:read` and the operator. Send its `ETag` as If-Match to change it.
   */
  readAvailability(input: Input<"read_availability">, options?: CallOptions): Promise<Output<"read_availability">>;

  /**
   * Read a booking
   *
   * For who booked it, and for who gives it.
   */
  readBooking(input: Input<"read_booking">, options?: CallOptions): Promise<Output<"read_booking">>;

  /**
   * Who is signed in to the console
   */
  readConsoleSession(input?: Input<"read_console_session">, options?: CallOptions): Promise<Output<"read_console_session">>;

  /**
   * Read where a user is reached
   */
  readContact(input: Input<"read_contact">, options?: CallOptions): Promise<Output<"read_contact">>;

  /**
   * Read a wallet
   *
   * What the user may spend. A user reads their own wallet, a service needs the scope `credits:read`.
   */
  readCredits(input: Input<"read_credits">, options?: CallOptions): Promise<Output<"read_credits">>;

  /**
   * Read the dashboard
   *
   * Revenue, refunds, fees, monthly recurring revenue and how it moved, subscribers, churn, failed payments, credits and
   * webhooks over some days, UTC: in all and by interval. Counted where things happen, so that it costs the same however
   * much there is; credits and collected money are up to about a minute behind. A service needs the scope `reports:read`.
   */
  readDashboard(input?: Input<"read_dashboard">, options?: CallOptions): Promise<Output<"read_dashboard">>;

  /**
   * Read a dispute
   */
  readDispute(input: Input<"read_dispute">, options?: CallOptions): Promise<Output<"read_dispute">>;

  /**
   * Read entitlements
   *
   * What a user may do now: tier, features, limits and credits, and where their subscriptions stand. A user nobody has
   * heard of is on the free tier. A user reads their own, a service needs the scope `entitlements:read`.
   */
  readEntitlements(input: Input<"read_entitlements">, options?: CallOptions): Promise<Output<"read_entitlements">>;

  /**
   * Read an event
   *
   * With what it did, what that moved in the ledger, who was told of it, and the event as received.
   */
  readEvent(input: Input<"read_event">, options?: CallOptions): Promise<Output<"read_event">>;

  /**
   * Read a hold
   */
  readHold(input: Input<"read_hold">, options?: CallOptions): Promise<Output<"read_hold">>;

  /**
   * Read a key
   */
  readKey(input: Input<"read_key">, options?: CallOptions): Promise<Output<"read_key">>;

  /**
   * Read a transfer of the ledger
   *
   * By its position, with what both accounts held afterwards, the lots it drew from or made, and the event behind it. A
   * service needs the scope `reports:read`.
   */
  readLedgerTransfer(input: Input<"read_ledger_transfer">, options?: CallOptions): Promise<Output<"read_ledger_transfer">>;

  /**
   * Read an order
   *
   * For who ordered it, and for who is to work on it.
   */
  readOrder(input: Input<"read_order">, options?: CallOptions): Promise<Output<"read_order">>;

  /**
   * Read a payment
   *
   * By its `PaymentIntent` or its charge.
   */
  readPayment(input: Input<"read_payment">, options?: CallOptions): Promise<Output<"read_payment">>;

  /**
   * Read where a purchase stands, by its session
   *
   * For the success page, which has no token: the session's id is known to nobody but the buyer.
   */
  readPaymentStatus(input: Input<"read_payment_status">, options?: CallOptions): Promise<Output<"read_payment_status">>;

  /**
   * Read a connected account
   *
   * Where the builder's account at Stripe stands, and what they have to tell. 404 where none was asked for yet.
   */
  readPayoutAccount(input: Input<"read_payout_account">, options?: CallOptions): Promise<Output<"read_payout_account">>;

  /**
   * Read a statement of earnings
   *
   * What was added to and taken from what is owed to the user within a period, with what was owed before and after it, by
   * currency. A period of more than 10,000 entries is refused.
   */
  readPayoutStatement(input: Input<"read_payout_statement">, options?: CallOptions): Promise<Output<"read_payout_statement">>;

  /**
   * Read a purchase
   *
   * With its payments.
   */
  readPurchase(input: Input<"read_purchase">, options?: CallOptions): Promise<Output<"read_purchase">>;

  /**
   * Read a refund
   */
  readRefund(input: Input<"read_refund">, options?: CallOptions): Promise<Output<"read_refund">>;

  /**
   * Read a request for a refund
   */
  readRefundRequest(input: Input<"read_refund_request">, options?: CallOptions): Promise<Output<"read_refund_request">>;

  /**
   * Read seeded data
   *
   * One piece of a user's data. Send its `ETag` as If-Match to change it.
   */
  readSeededData(input: Input<"read_seeded_data">, options?: CallOptions): Promise<Output<"read_seeded_data">>;

  /**
   * Read anybody's subscription
   *
   * With what it brings in a month. A service needs the scope `subscriptions:read`.
   */
  readSubscription(input: Input<"read_subscription">, options?: CallOptions): Promise<Output<"read_subscription">>;

  /**
   * Read top-ups
   *
   * What is wanted when the user's wallet runs low, and where that stands.
   */
  readTopUp(input: Input<"read_top_up">, options?: CallOptions): Promise<Output<"read_top_up">>;

  /**
   * Read what happened to a user
   *
   * Purchases, paid invoices, payments, refunds, disputes, changes of orders, of subscriptions and of credits, and notices,
   * newest first. A service needs the scope `reports:read`.
   */
  readUserTimeline(input: Input<"read_user_timeline">, options?: CallOptions): Promise<Output<"read_user_timeline">>;

  /**
   * Read a delivery
   *
   * With the body as it is sent, and the log of its attempts: when, what was answered, how long it took.
   */
  readWebhookDelivery(input: Input<"read_webhook_delivery">, options?: CallOptions): Promise<Output<"read_webhook_delivery">>;

  /**
   * Read an endpoint
   *
   * How it goes with it, without its secret.
   */
  readWebhookEndpoint(input: Input<"read_webhook_endpoint">, options?: CallOptions): Promise<Output<"read_webhook_endpoint">>;

  /**
   * Release a hold
   *
   * Gives back what was set aside. A hold ends once: one that was captured, released or has expired answers 409
   * `hold_ended`.
   */
  releaseHold(input: Input<"release_hold">, options?: CallOptions): Promise<Output<"release_hold">>;

  /**
   * Forget where a user is reached
   *
   * They get no e-mails any more.
   */
  removeContact(input: Input<"remove_contact">, options?: CallOptions): Promise<Output<"remove_contact">>;

  /**
   * Take credits back
   *
   * An operator, or a service with the scope `credits:grant`, takes credits back with a reason; never below zero.
   */
  removeCredits(input: Input<"remove_credits">, options?: CallOptions): Promise<Output<"remove_credits">>;

  /**
   * End top-ups
   *
   * Nothing is bought or told any more when the user's wallet runs low. A purchase that is under way goes on, and the
   * payment method stays saved.
   */
  removeTopUp(input: Input<"remove_top_up">, options?: CallOptions): Promise<Output<"remove_top_up">>;

  /**
   * Remove an endpoint
   *
   * Nothing is sent there any more, not what is on its way either.
   */
  removeWebhookEndpoint(input: Input<"remove_webhook_endpoint">, options?: CallOptions): Promise<Output<"remove_webhook_endpoint">>;

  /**
   * Change a builder's availability
   *
   * Writes all of it in place of the version that If-Match names; `"0"` where nothing was said yet. A moment is open where
   * the clock on the builder's wall stands within the hours of its date, also on days on which the clocks change. What is
   * booked stays booked. Of writers who have seen the same version one succeeds; the others are told 412 `etag_stale`.
   */
  replaceAvailability(input: Input<"replace_availability">, options?: CallOptions): Promise<Output<"replace_availability">>;

  /**
   * Change seeded data
   *
   * Writes a new value in place of the version that If-Match names. Of writers who have seen the same version one succeeds;
   * the others are told 412 `etag_stale`.
   */
  replaceSeededData(input: Input<"replace_seeded_data">, options?: CallOptions): Promise<Output<"replace_seeded_data">>;

  /**
   * Replay an event
   *
   * Puts the event back to be handled. What it did before stays done: each effect happens once for its key. With `dry_run`
   * it is handled and all of that is taken back, so that the answer tells what a replay would do now. The body is empty.
   */
  replayEvent(input: Input<"replay_event">, options?: CallOptions): Promise<Output<"replay_event">>;

  /**
   * Send again
   *
   * Sends messages once more, under the same `webhook-id`, from the beginning of the schedule: one, those of a time, or those
   * that failed. With `dry_run` they are only counted.
   */
  replayWebhookDeliveries(input: Input<"replay_webhook_deliveries">, options?: CallOptions): Promise<Output<"replay_webhook_deliveries">>;

  /**
   * Ask for a refund
   *
   * A buyer asks for what they bought themselves, within the policy that was fixed when they bought it: so many days from
   * the payment (`refund_days` of the item), of credits what is not spent, of an order while it is not delivered. Up to
   * `[refunds] automatic_up_to` it is granted at once, and the refund is made in the next moments; above it waits until it
   * is approved. A back end with the scope `refunds:write` and the operator may ask for anybody, and outside the policy too:
   * then somebody always has to approve.
   */
  requestRefund(input: Input<"request_refund">, options?: CallOptions): Promise<Output<"request_refund">>;

  /**
   * Move a booking to another time
   *
   * A confirmed booking that has not begun moves to a free slot of the same session type or of another one of its builder, for
   * its client, its builder, a service with the scope `bookings:write` and the operator. Nothing is paid again, and where it
   * costs less now the difference goes back. A client does not move it to another session type that costs more. Where the
   * time cannot be had the booking keeps its own, and the answer names `alternatives`.
   */
  rescheduleBooking(input: Input<"reschedule_booking">, options?: CallOptions): Promise<Output<"reschedule_booking">>;

  /**
   * Let a subscription go on
   *
   * An end that was set is taken back, and a pause is over. One that is over cannot go on.
   */
  resumeSubscription(input: Input<"resume_subscription">, options?: CallOptions): Promise<Output<"resume_subscription">>;

  /**
   * Take an issued key into use
   *
   * Makes the secret of a key that was issued with a subscription, and shows it, this once. A second time is answered 409
   * `secret_already_shown`, as is a repeat of the request.
   */
  revealKey(input: Input<"reveal_key">, options?: CallOptions): Promise<Output<"reveal_key">>;

  /**
   * Revoke a key
   *
   * For good, and at once. Credits that are set apart for it stay in its wallet, from which a service can move them.
   */
  revokeKey(input: Input<"revoke_key">, options?: CallOptions): Promise<Output<"revoke_key">>;

  /**
   * Replace a key's secret
   *
   * Makes a new secret and shows it, this once. Those before it stay valid for the overlap, a day where it is left out, so
   * that whatever uses the key can be changed over; 0 ends them at once.
   */
  rotateKey(input: Input<"rotate_key">, options?: CallOptions): Promise<Output<"rotate_key">>;

  /**
   * Rotate a secret
   *
   * Makes a new secret, which is in the answer and nowhere else. During the overlap messages carry a signature by each, so the
   * receiver can change over at any moment of it.
   */
  rotateWebhookSecret(input: Input<"rotate_webhook_secret">, options?: CallOptions): Promise<Output<"rotate_webhook_secret">>;

  /**
   * Save a payment method
   *
   * Makes a page at Stripe on which the buyer saves a payment method, with no money taken. It is used for top-ups once
   * Stripe's signed event says that it is ready, in place of the one before.
   */
  setUpTopUp(input: Input<"set_up_top_up">, options?: CallOptions): Promise<Output<"set_up_top_up">>;

  /**
   * Sign in to the account
   *
   * Exchanges a token of the application, sent as the bearer token, for the cookie of a session on the account pages.
   */
  signInToAccount(input?: Input<"sign_in_to_account">, options?: CallOptions): Promise<Output<"sign_in_to_account">>;

  /**
   * Sign in to the console
   *
   * Takes the secret of a link that `paydesk operator invite` printed, once, and sets the cookie of a session.
   */
  signInToConsole(input: Input<"sign_in_to_console">, options?: CallOptions): Promise<Output<"sign_in_to_console">>;

  /**
   * Sign out of the account
   */
  signOutOfAccount(input?: Input<"sign_out_of_account">, options?: CallOptions): Promise<Output<"sign_out_of_account">>;

  /**
   * Sign out of the console
   */
  signOutOfConsole(input?: Input<"sign_out_of_console">, options?: CallOptions): Promise<Output<"sign_out_of_console">>;

  /**
   * Spend credits
   *
   * Takes credits from a wallet, once for the Idempotency-Key and never below zero. The application's back end does this
   * with a service token of the scope `credits:spend`.
   */
  spendCredits(input: Input<"spend_credits">, options?: CallOptions): Promise<Output<"spend_credits">>;

  /**
   * Verify a key
   *
   * For the application's own gateway: whether a key that somebody sent is accepted and, if so, whose it is, what they may
   * do, and the credits of the key and of its user. Changes nothing, and needs no Idempotency-Key.
   */
  verifyKey(input: Input<"verify_key">, options?: CallOptions): Promise<Output<"verify_key">>;
}

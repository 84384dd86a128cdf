// Every text that a component shows, in English. An application gives its own for any of them.

import type {
  BankPayoutStatus,
  BookingStatus,
  HistoryEntry,
  NoticeKind,
  PayoutAccountStatus,
  ProblemError,
  PurchaseStatus,
  RefundRequestStatus,
  TopUpState,
} from "@paydesk/client";

export interface Words {
  loading: string;
  tryAgain: string;
  /** When no answer came. */
  unreachable: string;
  /** What a refusal says; by default what the server says, in English. `problem.code` tells the kinds apart. */
  problem: (problem: ProblemError) => string;
  close: string;
  more: string;

  credits: string;
  creditsHeld: (amount: string) => string;
  creditsOwed: (amount: string) => string;
  creditsFrozen: string;

  amountOfCredits: (credits: string) => string;

  history: string;
  noHistory: string;
  when: string;
  what: string;
  change: string;
  balance: string;
  /** What a change of the wallet was; by default what the server says, in English. `entry.code` tells the kinds apart. */
  transfer: (entry: HistoryEntry) => string;

  topUp: string;
  topUpState: Record<TopUpState, string>;
  topUpCosts: (amount: string) => string;
  topUpSaved: string;
  saveMethod: string;
  noticeBelow: string;
  buyBelow: string;
  whatToBuy: string;
  save: string;
  turnOff: string;

  noNotices: string;
  notice: Record<NoticeKind, (about: { balance: string; date: string }) => string>;

  noPurchases: string;
  purchaseStatus: Record<PurchaseStatus, string>;
  several: (quantity: number, name: string) => string;
  /** Beside a purchase that was begun because the credits ran low. */
  byItself: string;

  askForRefund: string;
  refundOf: (name: string) => string;
  refundText: string;
  refundReason: string;
  keepPurchase: string;
  refundAsked: string;
  noRefunds: string;
  refundStatus: Record<RefundRequestStatus, string>;

  noInvoices: string;
  invoice: (number: string) => string;
  /** By Stripe's word; one that is not here is shown as it is. */
  invoiceStatus: Record<string, string>;

  buy: (name: string) => string;
  buyCredits: (credits: string) => string;
  notForSale: string;

  noPlans: string;
  /** How a live subscription stands. `date` is when it ends, renews or begins to cost. */
  standing: Record<
    "active" | "ends" | "trial" | "grace" | "overdue" | "incomplete" | "paused",
    (date: string) => string
  >;
  every: Record<"day" | "week" | "month" | "year", (count: number) => string>;
  creditsEveryCycle: (credits: string) => string;
  freeFor: (days: number) => string;
  currentPlan: string;
  subscribe: string;
  subscribeTo: (plan: string) => string;
  changePlan: string;
  changeTo: (plan: string) => string;
  /** What a change of plan costs at once; below zero it is credited. */
  dueNow: (amount: string) => string;
  creditedNow: (amount: string) => string;
  nothingDueNow: string;
  confirmChange: string;
  planChanged: (plan: string) => string;
  cancelPlan: string;
  cancelPlanTitle: (plan: string) => string;
  cancelPlanText: (date: string) => string;
  keepPlan: string;
  planCancelled: string;
  resumePlan: string;
  planResumed: string;
  manageBilling: string;

  session: string;
  previousMonth: string;
  nextMonth: string;
  /** A day of the calendar, and how many times are free on it. */
  dayWithTimes: (day: string, count: number) => string;
  timesIn: (timeZone: string) => string;
  noTimes: string;
  yourBooking: string;
  minutes: (count: number) => string;
  /** What comes back to a client who cancels so many hours before. */
  refundTier: (hours: number, percent: number) => string;
  bookAndPay: (price: string) => string;
  alternatives: string;
  noBookings: string;
  bookingStatus: Record<BookingStatus, string>;
  givenBack: (amount: string) => string;

  cancelBooking: string;
  cancelBookingTitle: (name: string) => string;
  /** What comes back of a booking that its client cancels now. */
  percentBack: (percent: number) => string;
  /** What comes back of one that its builder cancels. */
  clientGetsAll: string;
  keepBooking: string;
  bookingCancelled: string;
  moveBooking: string;
  moveBookingTitle: (name: string) => string;
  bookingIsAt: (time: string) => string;
  moveTo: (time: string) => string;
  sessionType: string;
  /** What a move to a session that costs less gives back to the client. */
  givenBackByMove: (amount: string) => string;
  movesOncePaid: (amount: string) => string;
  payAndMove: (amount: string) => string;
  /** What comes back at most of a booking that its client moves now and cancels afterwards. */
  moveKeepsShare: (percent: number) => string;
  keepTime: string;
  bookingMoved: (time: string) => string;
  noShow: string;
  noShowTitle: (name: string) => string;
  noShowText: string;
  leaveIt: string;
  noShowNoted: string;

  feedText: string;
  makeFeed: string;
  replaceFeed: string;
  makeFeedTitle: string;
  makeFeedText: string;
  keepFeed: string;
  endFeed: string;
  endFeedTitle: string;
  endFeedText: string;
  /** Above the address, which is seen once. */
  feedOnce: string;
  feedLost: string;

  bookedBy: (client: string) => string;
  notBookedYet: string;

  noPayoutAccount: string;
  payoutStatus: Record<PayoutAccountStatus, string>;
  /** When Stripe wants to be told something. */
  payoutDue: string;
  beginPayouts: string;
  goOnAtStripe: string;
  noEarnings: string;
  /** What was sold, by its kind and id, such as `order:ord_…`. */
  sale: (sale: string) => string;
  /** What the buyer paid, and what the shop keeps of it. */
  ofWhich: (paid: string, fee: string) => string;
  earningStatus: Record<"open" | "owed" | "settled", (amount: string, date: string) => string>;
  noBankPayouts: string;
  /** Where money on its way to the bank is; `arrival` is the day on which it is to be there, empty where nobody knows. */
  bankPayoutStatus: Record<BankPayoutStatus, (arrival: string) => string>;
  /** What to do where the bank sent money back; it stands behind why, in Stripe's words. */
  payoutFailed: string;

  optional: string;
  orderAndPay: (price: string) => string;
  noOrders: string;
  orderStatus: Record<
    "draft" | "awaiting_payment" | "paid" | "in_progress" | "delivered" | "cancelled" | "refunded",
    string
  >;
  pay: string;
  payFor: (name: string) => string;
  cancelOrder: string;
  cancelOrderTitle: (name: string) => string;
  cancelOrderText: string;
  keepOrder: string;
  orderCancelled: string;
  delivery: string;

  noKeys: string;
  keyName: string;
  createKey: string;
  keyStatus: Record<"active" | "unrevealed" | "suspended" | "revoked", string>;
  keyMade: (date: string) => string;
  reveal: string;
  revealKey: (name: string) => string;
  rotate: string;
  rotateKey: (name: string) => string;
  rotateText: string;
  rotateAtOnce: string;
  revoke: string;
  revokeKey: (name: string) => string;
  revokeText: string;
  keyRevoked: string;
  /** Above a secret, which is seen once. */
  secretOnce: (name: string) => string;
  secretLost: string;
  copy: string;
  copied: string;
  keep: string;
}

const times = (count: number, one: string, many: string) => (count === 1 ? one : `${count} ${many}`);

const onItsWay = (arrival: string) => (arrival ? `Arrives on ${arrival}` : "On its way");

export const english: Words = {
  loading: "Loading…",
  tryAgain: "Try again",
  unreachable: "The server cannot be reached. Check your connection.",
  problem: (problem) => problem.detail ?? problem.title,
  close: "Close",
  more: "Show more",

  credits: "Credits",
  creditsHeld: (amount) => `${amount} set aside`,
  creditsOwed: (amount) => `${amount} owed; they are taken from what comes in`,
  creditsFrozen: "Frozen while a payment is disputed",

  amountOfCredits: (credits) => `${credits} credits`,

  history: "What happened to your credits",
  noHistory: "Nothing has happened to your credits yet.",
  when: "When",
  what: "What",
  change: "Credits",
  balance: "Balance",
  transfer: (entry) => entry.what,

  topUp: "When credits run low",
  topUpState: {
    off: "Nothing is bought by itself",
    ready: "Credits are bought when they run low",
    underway: "Credits are being bought",
    waiting: "Credits were bought a moment ago; the next purchase waits",
    needs_payment_method: "Save a payment method to begin",
    stopped: "Stopped: the last payment failed. Save another payment method",
    frozen: "Waits, because a payment is disputed",
    offer_changed: "Stopped: the price has changed. Save again to agree to the new one",
  },
  topUpCosts: (amount) => `${amount} each time, and never more`,
  topUpSaved: "Saved.",
  saveMethod: "Save a payment method",
  noticeBelow: "Tell me below",
  buyBelow: "Buy more below",
  whatToBuy: "What is bought",
  save: "Save",
  turnOff: "Turn off",

  noNotices: "There is nothing to tell.",
  notice: {
    low_balance: ({ balance }) => `Your credits run low: ${balance} are left.`,
    top_up_failed: () => "Credits could not be bought: the payment failed.",
    top_up_needs_buyer: () => "Credits could not be bought: your bank wants to ask you first.",
    payment_failed: () => "A payment for your plan failed.",
    payment_needs_buyer: () => "A payment for your plan waits for you: your bank wants to ask you.",
    trial_will_end: ({ date }) => `Your trial ends on ${date}.`,
    grace_ended: () => "Your plan is stopped, because a payment is overdue.",
    subscription_ended: () => "Your plan has ended.",
  },

  noPurchases: "You have not bought anything yet.",
  purchaseStatus: {
    created: "Begun",
    open: "Waits for payment",
    awaiting_funds: "Waits for the money",
    expired: "Not paid for",
    failed: "Failed",
    paid: "Paid",
  },
  several: (quantity, name) => `${quantity} × ${name}`,
  byItself: "bought when credits ran low",

  askForRefund: "Ask for a refund",
  refundOf: (name) => `Ask for a refund of ${name}`,
  refundText: "You get back what the shop's rules allow. Some requests are looked at by a person first.",
  refundReason: "Why do you want your money back?",
  keepPurchase: "Keep it",
  refundAsked: "Your request was sent.",
  noRefunds: "You have not asked for a refund.",
  refundStatus: {
    waiting: "Waits for an answer",
    approved: "Granted; the money is on its way",
    declined: "Declined",
    refunded: "Given back",
    failed: "Failed",
  },

  noInvoices: "There are no invoices yet.",
  invoice: (number) => `Invoice ${number}`,
  invoiceStatus: { draft: "Draft", open: "Open", paid: "Paid", void: "Void", uncollectible: "Uncollectible" },

  buy: (name) => `Buy ${name}`,
  buyCredits: (credits) => `Buy ${credits} credits`,
  notForSale: "This is not for sale at the moment.",

  noPlans: "There are no plans at the moment.",
  standing: {
    active: (date) => `Renews on ${date}`,
    ends: (date) => `Ends on ${date}`,
    trial: (date) => `Free until ${date}`,
    grace: (date) => `A payment is overdue. Pay by ${date} to keep your plan`,
    overdue: () => "Stopped, because a payment is overdue",
    incomplete: () => "Waits for its first payment",
    paused: () => "Paused",
  },
  every: {
    day: (count) => `every ${times(count, "day", "days")}`,
    week: (count) => `every ${times(count, "week", "weeks")}`,
    month: (count) => `every ${times(count, "month", "months")}`,
    year: (count) => `every ${times(count, "year", "years")}`,
  },
  creditsEveryCycle: (credits) => `${credits} credits in every period`,
  freeFor: (days) => `Free for the first ${times(days, "day", "days")}`,
  currentPlan: "Your plan",
  subscribe: "Subscribe",
  subscribeTo: (plan) => `Subscribe to ${plan}`,
  changePlan: "Change",
  changeTo: (plan) => `Change to ${plan}`,
  dueNow: (amount) => `You pay ${amount} now for the rest of this period.`,
  creditedNow: (amount) => `You get ${amount} credited to your next invoices.`,
  nothingDueNow: "There is nothing to pay now.",
  confirmChange: "Change plan",
  planChanged: (plan) => `You are on ${plan} now.`,
  cancelPlan: "Cancel plan",
  cancelPlanTitle: (plan) => `Cancel ${plan}?`,
  cancelPlanText: (date) => `You keep it until ${date}, which is paid for. After that nothing is charged.`,
  keepPlan: "Keep plan",
  planCancelled: "Your plan ends with the period that is paid for.",
  resumePlan: "Keep plan after all",
  planResumed: "Your plan goes on.",
  manageBilling: "Payment methods and invoices",

  session: "Session",
  previousMonth: "Previous month",
  nextMonth: "Next month",
  dayWithTimes: (day, count) => `${day}, ${count === 0 ? "nothing is free" : times(count, "1 time", "times")}`,
  timesIn: (timeZone) => `Times are those of ${timeZone}.`,
  noTimes: "There are no free times in this month.",
  yourBooking: "Your booking",
  minutes: (count) => `${count} minutes`,
  refundTier: (hours, percent) =>
    hours === 0
      ? `Cancel before it begins to get ${percent} % back.`
      : `Cancel ${times(hours, "an hour", "hours")} before to get ${percent} % back.`,
  bookAndPay: (price) => `Book and pay ${price}`,
  alternatives: "These times are free:",
  noBookings: "You have not booked anything yet.",
  bookingStatus: {
    pending: "Held until it is paid",
    confirmed: "Confirmed",
    released: "Not paid for",
    cancelled: "Cancelled",
    no_show: "Missed",
    paid_unplaced: "Paid too late; your money comes back",
    refunded: "Refunded",
    moved: "Moved",
  },
  givenBack: (amount) => `${amount} given back`,

  cancelBooking: "Cancel",
  cancelBookingTitle: (name) => `Cancel ${name}?`,
  percentBack: (percent) => (percent === 0 ? "Nothing comes back so late." : `${percent} % of the price comes back.`),
  clientGetsAll: "Your client gets everything back.",
  keepBooking: "Keep booking",
  bookingCancelled: "The booking is cancelled.",
  moveBooking: "Move",
  moveBookingTitle: (name) => `Move ${name} to another time`,
  bookingIsAt: (time) => `It is on ${time} now.`,
  moveTo: (time) => `It moves to ${time}.`,
  sessionType: "Session",
  givenBackByMove: (amount) => `It costs less: ${amount} of what was paid goes back.`,
  movesOncePaid: (amount) => `It costs ${amount} more. The booking moves once that is paid.`,
  payAndMove: (amount) => `Pay ${amount} and move`,
  moveKeepsShare: (percent) =>
    percent === 0
      ? "If you cancel it after moving it, nothing comes back."
      : `If you cancel it after moving it, ${percent} % comes back at most.`,
  keepTime: "Keep its time",
  bookingMoved: (time) => `The booking has moved to ${time}.`,
  noShow: "Client did not come",
  noShowTitle: (name) => `Client did not come to ${name}?`,
  noShowText: "What was paid stays paid.",
  leaveIt: "Leave it",
  noShowNoted: "Noted: the client did not come.",

  feedText: "A calendar can follow your sessions by an address that is yours alone.",
  makeFeed: "Get an address",
  replaceFeed: "Replace the address",
  makeFeedTitle: "A new address for your calendar",
  makeFeedText: "Whoever knows it can read your sessions. An address that you got before stops working at once.",
  keepFeed: "Leave it",
  endFeed: "Stop the calendar",
  endFeedTitle: "Stop your calendar",
  endFeedText: "The address stops working at once, and calendars that follow it are told nothing more.",
  feedOnce: "The address for your calendar. Copy it now: it is not shown again.",
  feedLost: "The address was made, but got lost on the way. Ask for another one.",

  bookedBy: (client) => `booked by ${client}`,
  notBookedYet: "Nobody has booked you yet.",

  noPayoutAccount: "To be paid, say at Stripe who you are and where the money goes.",
  payoutStatus: {
    creating: "Your account at Stripe is being made.",
    onboarding: "Stripe does not know enough to pay you yet.",
    restricted: "Stripe cannot pay you at the moment.",
    enabled: "You can be paid.",
    closed: "Your account at Stripe is closed.",
  },
  payoutDue: "Stripe wants to know more about you.",
  beginPayouts: "Set up payouts",
  goOnAtStripe: "Go on at Stripe",
  noEarnings: "You have not earned anything yet.",
  sale: (sale) => (sale.startsWith("booking:") ? "Booking" : "Order"),
  ofWhich: (paid, fee) => `${paid} paid, of which ${fee} is kept`,
  earningStatus: {
    open: (amount, date) => `${amount} transferred from ${date} on`,
    owed: (amount) => `${amount} owed; later earnings pay it first`,
    settled: () => "Transferred",
  },
  noBankPayouts: "Nothing was sent to your bank yet.",
  bankPayoutStatus: {
    pending: onItsWay,
    in_transit: onItsWay,
    paid: (arrival) => `At your bank${arrival && ` on ${arrival}`}`,
    canceled: () => "Called off",
    failed: () => "Sent back by your bank",
  },
  payoutFailed: "The money is on your account at Stripe. Mend your bank details there, and it is sent again.",

  optional: "optional",
  orderAndPay: (price) => `Order and pay ${price}`,
  noOrders: "You have not ordered anything yet.",
  orderStatus: {
    draft: "Draft",
    awaiting_payment: "Waits for payment",
    paid: "Paid",
    in_progress: "In progress",
    delivered: "Delivered",
    cancelled: "Cancelled",
    refunded: "Refunded",
  },
  pay: "Pay",
  payFor: (name) => `Pay for ${name}`,
  cancelOrder: "Cancel",
  cancelOrderTitle: (name) => `Cancel ${name}?`,
  cancelOrderText: "What you paid is given back as the shop's rules say.",
  keepOrder: "Keep order",
  orderCancelled: "The order is cancelled.",
  delivery: "Delivery",

  noKeys: "You have no API keys yet.",
  keyName: "Name of the new key",
  createKey: "Create key",
  keyStatus: { active: "Active", unrevealed: "Not shown yet", suspended: "Suspended", revoked: "Revoked" },
  keyMade: (date) => `Made on ${date}`,
  reveal: "Show",
  revealKey: (name) => `Show ${name}`,
  rotate: "Replace",
  rotateKey: (name) => `Replace the secret of ${name}`,
  rotateText: "You get a new secret. The one in use stays good for a day.",
  rotateAtOnce: "End the one in use at once",
  revoke: "Revoke",
  revokeKey: (name) => `Revoke ${name}`,
  revokeText: "Whatever uses this key stops working at once. This cannot be undone.",
  keyRevoked: "The key is revoked.",
  secretOnce: (name) => `The secret of ${name}. Copy it now: it is not shown again.`,
  secretLost: "The key was made, but its secret was lost on the way. Replace it to get a new one.",
  copy: "Copy",
  copied: "Copied",
  keep: "Keep key",
};

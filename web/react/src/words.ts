// Every text that a component shows, in English. An application gives its own for any of them.

import type { ProblemError } from "@paydesk/client";

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

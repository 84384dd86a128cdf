// What a text that somebody looks for may be the name of.

import type { PageUserOut } from "@paydesk/client";

export interface Found {
  label: string;
  to: string;
}

/** Ids say what they are of: by their prefixes, ours and Stripe's. */
const PREFIXES: [string, string, string][] = [
  ["pur_", "Purchase", "/purchases"],
  ["in_", "Paid invoice", "/purchases"],
  ["pi_", "Payment", "/payments"],
  ["ch_", "Payment of the charge", "/payments"],
  ["py_", "Payment of the charge", "/payments"],
  ["sub_", "Subscription", "/subscriptions"],
  ["ord_", "Order", "/orders"],
  ["bkg_", "Booking", "/bookings"],
  ["evt_", "Event", "/events"],
  ["rrq_", "Refund request", "/refund-requests"],
  ["re_", "Refund", "/refunds"],
  ["rfi_", "Refund", "/refunds"],
  ["dp_", "Dispute", "/disputes"],
  ["du_", "Dispute", "/disputes"],
  ["we_", "Endpoint", "/webhooks"],
];

/** What a text says by itself that it names. Users are named by the application as it likes: whether there is one, only the
 * server knows. */
export function find(text: string): Found[] {
  const wanted = text.trim();
  if (wanted === "" || /\s/.test(wanted)) return [];
  const part = encodeURIComponent(wanted);
  for (const [prefix, label, path] of PREFIXES) {
    if (wanted.startsWith(prefix) && wanted.length > prefix.length) {
      return [{ label: `${label} ${wanted}`, to: `${path}/${part}` }];
    }
  }
  if (/^[a-z][a-z0-9_]*\.[a-z0-9_.]+$/.test(wanted)) {
    return [{ label: `Events of type ${wanted}`, to: `/events?type=${part}` }];
  }
  return [];
}

/** The users that the server found by a text, and where all of them are listed when there are more. */
export function foundUsers(text: string, { data, next }: PageUserOut): Found[] {
  const found = data.map(({ user_id, email }) => ({
    label: email ? `User ${user_id}, ${email}` : `User ${user_id}`,
    to: `/users/${encodeURIComponent(user_id)}`,
  }));
  const wanted = text.trim();
  return next
    ? [...found, { label: `All users by “${wanted}”`, to: `/users?search=${encodeURIComponent(wanted)}` }]
    : found;
}

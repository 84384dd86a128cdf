// What a text that somebody looks for may be the name of.

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

/** Whatever has no known prefix may be a user: the application names them as it likes. An e-mail address is rather that of
 * somebody than their name. */
export function find(text: string): Found[] {
  const wanted = text.trim();
  if (wanted === "" || /\s/.test(wanted)) return [];
  const part = encodeURIComponent(wanted);
  for (const [prefix, label, path] of PREFIXES) {
    if (wanted.startsWith(prefix) && wanted.length > prefix.length) {
      return [{ label: `${label} ${wanted}`, to: `${path}/${part}` }];
    }
  }
  if (/^[^@]+@[^@]+$/.test(wanted)) {
    return [{ label: `Whoever is reached at ${wanted}`, to: `/users?search=${part}` }, user(wanted, part)];
  }
  if (/^[a-z][a-z0-9_]*\.[a-z0-9_.]+$/.test(wanted)) {
    return [{ label: `Events of type ${wanted}`, to: `/events?type=${part}` }, user(wanted, part)];
  }
  return [user(wanted, part)];
}

function user(wanted: string, part: string): Found {
  return { label: `User ${wanted}`, to: `/users/${part}` };
}

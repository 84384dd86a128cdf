// Where one can go, in the order in which it is shown, and by which letter after `g`.

export interface Entry {
  label: string;
  to: string;
  letter: string;
}

export const sections: { title: string; entries: Entry[] }[] = [
  {
    title: "",
    entries: [
      { label: "Overview", to: "/", letter: "o" },
      { label: "Users", to: "/users", letter: "u" },
    ],
  },
  {
    title: "Money",
    entries: [
      { label: "Payments", to: "/payments", letter: "p" },
      { label: "Subscriptions", to: "/subscriptions", letter: "s" },
      { label: "Refunds", to: "/refunds", letter: "r" },
      { label: "Refund requests", to: "/refund-requests", letter: "q" },
      { label: "Disputes", to: "/disputes", letter: "d" },
      { label: "Fraud warnings", to: "/fraud-warnings", letter: "f" },
      { label: "Payouts", to: "/payouts", letter: "m" },
    ],
  },
  {
    title: "Work",
    entries: [
      { label: "Orders", to: "/orders", letter: "w" },
      { label: "Bookings", to: "/bookings", letter: "b" },
    ],
  },
  {
    title: "Machinery",
    entries: [
      { label: "Ledger", to: "/ledger", letter: "l" },
      { label: "Events", to: "/events", letter: "e" },
      { label: "Webhooks", to: "/webhooks", letter: "h" },
    ],
  },
];

export const entries: Entry[] = sections.flatMap((section) => section.entries);

/** Purchases are found from what they belong to, and have no list of their own. */
const BELONGS: Record<string, string> = { "/purchases": "/payments" };

/** The entry that a path belongs to. */
export function entryAt(path: string): Entry | undefined {
  const [belonging] = Object.entries(BELONGS).filter(([from]) => path.startsWith(`${from}/`));
  if (belonging) return entryAt(belonging[1]);
  return entries.find(({ to }) => (to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`)));
}

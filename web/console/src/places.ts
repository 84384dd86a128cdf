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
      { label: "Refunds", to: "/refunds", letter: "r" },
      { label: "Refund requests", to: "/refund-requests", letter: "q" },
      { label: "Disputes", to: "/disputes", letter: "d" },
      { label: "Fraud warnings", to: "/fraud-warnings", letter: "f" },
    ],
  },
  { title: "Work", entries: [{ label: "Orders", to: "/orders", letter: "w" }] },
  {
    title: "Machinery",
    entries: [
      { label: "Events", to: "/events", letter: "e" },
      { label: "Webhooks", to: "/webhooks", letter: "h" },
    ],
  },
];

export const entries: Entry[] = sections.flatMap((section) => section.entries);

/** The entry that a path belongs to. */
export function entryAt(path: string): Entry | undefined {
  return entries.find(({ to }) => (to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`)));
}

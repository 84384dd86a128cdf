// Where one can go in the account.

import type { ProductOut } from "@paydesk/client";

export interface Place {
  label: string;
  to: string;
  /** Whether there is anything behind it for this user. */
  isFor: (products: ProductOut[], userId: string) => boolean;
}

const gives = (products: ProductOut[], userId: string) => products.some((item) => item.session?.builder_id === userId);
const sells = (kind: ProductOut["kind"]) => (products: ProductOut[]) => products.some((item) => item.kind === kind);

export const places: Place[] = [
  { label: "Credits", to: "/", isFor: () => true },
  { label: "Plan", to: "/plan", isFor: sells("plan") },
  { label: "Bookings", to: "/bookings", isFor: sells("booking") },
  { label: "Orders", to: "/orders", isFor: sells("order") },
  { label: "API keys", to: "/keys", isFor: () => true },
  { label: "Payments", to: "/payments", isFor: () => true },
  { label: "Your sessions", to: "/sessions", isFor: gives },
  // Reviewers earn too, and nothing tells them from buyers here: the application leads them there.
  { label: "Earnings", to: "/earnings", isFor: gives },
];

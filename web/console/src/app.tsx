// Which page is shown at which address.

import type { ReactElement } from "react";

import { BookingPage, BookingsPage } from "./pages/bookings.js";
import { DeliveryPage, EndpointPage, EndpointsPage } from "./pages/endpoints.js";
import { EventPage, EventsPage } from "./pages/events.js";
import { LedgerPage, TransferPage } from "./pages/ledger.js";
import { OrderPage, OrdersPage } from "./pages/orders.js";
import { OverviewPage } from "./pages/overview.js";
import { PaymentPage, PaymentsPage } from "./pages/payments.js";
import { PayoutsPage } from "./pages/payouts.js";
import { PurchasePage } from "./pages/purchases.js";
import { RefundRequestPage, RefundRequestsPage } from "./pages/refund_requests.js";
import { DisputePage, DisputesPage, FraudWarningsPage, RefundPage, RefundsPage } from "./pages/reversals.js";
import { SubscriptionPage, SubscriptionsPage } from "./pages/subscriptions.js";
import { UserPage, UsersPage } from "./pages/users.js";
import { usePlace } from "./router.js";
import { SignedIn } from "./session.js";
import { NotFound, Shell } from "./shell.js";

type Show = (...ids: string[]) => ReactElement;

/** Every address, with what stands in its place for an id. */
const pages: [string, Show][] = [
  ["/", () => <OverviewPage />],
  ["/users", () => <UsersPage />],
  ["/users/:id", (id = "") => <UserPage key={id} userId={id} />],
  ["/payments", () => <PaymentsPage />],
  ["/payments/:id", (id = "") => <PaymentPage key={id} paymentId={id} />],
  ["/purchases/:id", (id = "") => <PurchasePage key={id} purchaseId={id} />],
  ["/subscriptions", () => <SubscriptionsPage />],
  ["/subscriptions/:id", (id = "") => <SubscriptionPage key={id} subscriptionId={id} />],
  ["/refunds", () => <RefundsPage />],
  ["/refunds/:id", (id = "") => <RefundPage key={id} refundId={id} />],
  ["/refund-requests", () => <RefundRequestsPage />],
  ["/refund-requests/:id", (id = "") => <RefundRequestPage key={id} requestId={id} />],
  ["/disputes", () => <DisputesPage />],
  ["/disputes/:id", (id = "") => <DisputePage key={id} disputeId={id} />],
  ["/fraud-warnings", () => <FraudWarningsPage />],
  ["/orders", () => <OrdersPage />],
  ["/orders/:id", (id = "") => <OrderPage key={id} orderId={id} />],
  ["/bookings", () => <BookingsPage />],
  ["/bookings/:id", (id = "") => <BookingPage key={id} bookingId={id} />],
  ["/payouts", () => <PayoutsPage />],
  ["/ledger", () => <LedgerPage />],
  ["/ledger/:id", (id = "") => <TransferPage key={id} position={id} />],
  ["/events", () => <EventsPage />],
  ["/events/:id", (id = "") => <EventPage key={id} eventId={id} />],
  ["/webhooks", () => <EndpointsPage />],
  ["/webhooks/:id", (id = "") => <EndpointPage key={id} endpointId={id} />],
  [
    "/webhooks/:id/:id",
    (id = "", delivery = "") => <DeliveryPage key={delivery} endpointId={id} deliveryId={delivery} />,
  ],
];

function pageAt(path: string): ReactElement {
  const parts = path.replace(/\/$/, "").split("/");
  for (const [pattern, show] of pages) {
    const wanted = pattern.replace(/\/$/, "").split("/");
    const fits = wanted.length === parts.length && wanted.every((part, at) => part === ":id" || part === parts[at]);
    if (fits) return show(...parts.filter((_, at) => wanted[at] === ":id").map(decoded));
  }
  return <NotFound />;
}

/** What cannot be decoded is an id that nothing has. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function App(): ReactElement {
  return (
    <SignedIn>
      <Pages />
    </SignedIn>
  );
}

function Pages(): ReactElement {
  const { path } = usePlace();
  return <Shell path={path}>{pageAt(path)}</Shell>;
}

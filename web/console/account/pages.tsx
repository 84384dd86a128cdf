// The pages of the account: the components that every application may use, and nothing else.

import type { ProductOut } from "@paydesk/client";
import {
  ApiKeys,
  BookingList,
  BookingPicker,
  CalendarFeed,
  CreditBalance,
  CreditHistory,
  InvoiceList,
  NoticeList,
  OrderForm,
  OrderList,
  PurchaseButton,
  PurchaseList,
  RefundRequestList,
  SubscriptionManager,
  TopUpSettings,
  useProducts,
} from "@paydesk/react";
import { lazy, type ReactElement, Suspense } from "react";

import { Page, Section } from "./shell.js";

const Sessions = lazy(async () => ({ default: (await import("./builder.js")).Sessions }));
const Earnings = lazy(async () => ({ default: (await import("./builder.js")).Earnings }));

interface PagesProps {
  path: string;
  userId: string;
  /** The address of this page, to come back to from Stripe's. */
  here: string;
}

export function Pages({ path, userId, here }: PagesProps): ReactElement {
  switch (path) {
    case "/":
      return <Credits />;
    case "/plan":
      return <Plan here={here} />;
    case "/bookings":
      return <Bookings />;
    case "/orders":
      return <Orders />;
    case "/keys":
      return (
        <Page title="API keys">
          <ApiKeys />
        </Page>
      );
    case "/payments":
      return <Payments />;
    case "/sessions":
      return (
        <Suspense fallback={<p data-state="loading" role="status" />}>
          <Sessions userId={userId} />
        </Suspense>
      );
    case "/earnings":
      return (
        <Suspense fallback={<p data-state="loading" role="status" />}>
          <Earnings here={here} />
        </Suspense>
      );
    default:
      return (
        <Page title="Nothing is here">
          <p className="soft">The address may be cut short. Choose a page above.</p>
        </Page>
      );
  }
}

/** What is for sale of one kind. */
function useOffer(kind: ProductOut["kind"]): ProductOut[] {
  return (useProducts().data?.data ?? []).filter((item) => item.kind === kind);
}

function Credits(): ReactElement {
  const packs = useOffer("credit_pack");
  return (
    <Page title="Credits">
      <section className="part first" aria-label="Balance">
        <CreditBalance />
      </section>
      {packs.length > 0 && (
        <Section title="Buy credits">
          <div className="packs">
            {packs.map((pack) => (
              <PurchaseButton key={pack.id} itemId={pack.id} />
            ))}
          </div>
        </Section>
      )}
      <Section title="Messages">
        <NoticeList />
      </Section>
      <Section title="When credits run low">
        <TopUpSettings />
      </Section>
      <Section title="History">
        <CreditHistory />
      </Section>
    </Page>
  );
}

function Plan({ here }: { here: string }): ReactElement {
  const groups = new Set(useOffer("plan").map(({ plan }) => plan?.group ?? "main"));
  return (
    <Page title="Plan">
      {[...groups].map((group) => (
        <Section key={group} title={groups.size > 1 ? group : "Plans"}>
          <SubscriptionManager group={group} returnUrl={here} />
        </Section>
      ))}
      <Section title="Invoices">
        <InvoiceList />
      </Section>
    </Page>
  );
}

function Bookings(): ReactElement {
  return (
    <Page title="Bookings">
      <Section title="Your bookings">
        <BookingList />
      </Section>
      <Section title="Book a session">
        <BookingPicker />
      </Section>
      <Section title="In your calendar">
        <CalendarFeed />
      </Section>
    </Page>
  );
}

function Orders(): ReactElement {
  return (
    <Page title="Orders">
      <Section title="Your orders">
        <OrderList />
      </Section>
      {useOffer("order").map((item) => (
        <Section key={item.id} title={item.name}>
          <p className="soft">{item.description}</p>
          <OrderForm packageId={item.id} />
        </Section>
      ))}
    </Page>
  );
}

function Payments(): ReactElement {
  return (
    <Page title="Payments">
      <Section title="Purchases">
        <PurchaseList withRefunds />
      </Section>
      <Section title="Refunds">
        <RefundRequestList />
      </Section>
      <Section title="Invoices">
        <InvoiceList />
      </Section>
    </Page>
  );
}

// A page of an application as small as one can be: it knows who its user is, and mounts the components.
//
// Where paydesk is and who the user is stand behind the `#` of the first address, as
// `#paydesk=http://127.0.0.1:9002&user=user_demo&token=…`, and in the session's storage from then on. A real application has
// signed its user in, and asks its own server for the token.

import {
  ApiKeys,
  BookingList,
  BookingPicker,
  CreditBalance,
  CreditHistory,
  InvoiceList,
  NoticeList,
  OrderForm,
  OrderList,
  PaydeskProvider,
  PurchaseButton,
  PurchaseList,
  SubscriptionManager,
  TopUpSettings,
} from "@paydesk/react";
import "@paydesk/react/styles.css";
import { type ReactNode, StrictMode, useId } from "react";
import { createRoot } from "react-dom/client";
import "./page.css";

const { paydesk, user, token } = readSettings();

function readSettings(): { paydesk: string; user: string; token: string } {
  if (location.hash) {
    sessionStorage.setItem("settings", location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }
  const given = new URLSearchParams(sessionStorage.getItem("settings") ?? "");
  return { paydesk: given.get("paydesk") ?? "", user: given.get("user") ?? "", token: given.get("token") ?? "" };
}

function Page() {
  const here = location.origin + location.pathname;
  return (
    <PaydeskProvider baseUrl={paydesk} token={token} userId={user} successUrl={here} cancelUrl={here}>
      <header>
        <h1>Encore</h1>
        <CreditBalance />
      </header>
      <main>
        <Section title="Credits">
          <div className="packs">
            <PurchaseButton itemId="starter" />
            <PurchaseButton itemId="studio" />
          </div>
        </Section>
        <Section title="Plan">
          <SubscriptionManager returnUrl={here} />
        </Section>
        <Section title="Have a track reviewed">
          <OrderForm packageId="track-review" />
        </Section>
        <Section title="Your orders">
          <OrderList />
        </Section>
        <Section title="Book an hour">
          <BookingPicker />
        </Section>
        <Section title="Your bookings">
          <BookingList />
        </Section>
        <Section title="API keys">
          <ApiKeys />
        </Section>
        <Section title="When credits run low">
          <TopUpSettings />
        </Section>
        <Section title="What happened">
          <NoticeList />
          <CreditHistory />
        </Section>
        <Section title="Purchases">
          <PurchaseList />
        </Section>
        <Section title="Invoices">
          <InvoiceList />
        </Section>
      </main>
    </PaydeskProvider>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

const root = document.querySelector("#page");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}

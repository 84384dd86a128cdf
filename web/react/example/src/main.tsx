// A page of an application as small as one can be: it knows who its user is, and mounts the components.
//
// Where paydesk is and who the user is stand behind the `#` of the first address, as
// `#paydesk=http://127.0.0.1:9002&user=user_demo&token=…`, and in the session's storage from then on. A real application has
// signed its user in, and asks its own server for the token.

import {
  ApiKeys,
  CreditBalance,
  OrderForm,
  OrderList,
  PaydeskProvider,
  PurchaseButton,
  SubscriptionManager,
} from "@paydesk/react";
import "@paydesk/react/styles.css";
import { StrictMode } from "react";
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
        <section aria-labelledby="credits">
          <h2 id="credits">Credits</h2>
          <div className="packs">
            <PurchaseButton itemId="starter" />
            <PurchaseButton itemId="studio" />
          </div>
        </section>
        <section aria-labelledby="plan">
          <h2 id="plan">Plan</h2>
          <SubscriptionManager returnUrl={here} />
        </section>
        <section aria-labelledby="order">
          <h2 id="order">Have a track reviewed</h2>
          <OrderForm packageId="track-review" />
        </section>
        <section aria-labelledby="orders">
          <h2 id="orders">Your orders</h2>
          <OrderList />
        </section>
        <section aria-labelledby="keys">
          <h2 id="keys">API keys</h2>
          <ApiKeys />
        </section>
      </main>
    </PaydeskProvider>
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

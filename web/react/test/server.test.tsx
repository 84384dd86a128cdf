// @vitest-environment node

import { createClient } from "@paydesk/client";
import {
  ApiKeys,
  BookingList,
  BookingPicker,
  CreditBalance,
  CreditHistory,
  EarningList,
  formatMoney,
  InvoiceList,
  NoticeList,
  OrderForm,
  OrderList,
  PaydeskProvider,
  PayoutAccount,
  PurchaseButton,
  PurchaseList,
  RefundRequestList,
  SubscriptionManager,
  TopUpSettings,
} from "@paydesk/react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";

const client = createClient({
  baseUrl: "https://pay.example.com",
  fetch: () => {
    throw new Error("nothing is fetched while a page is rendered on the server");
  },
});

test("every component is rendered on the server as what is still to be loaded", () => {
  expect(typeof document).toBe("undefined");
  for (const component of [
    <CreditBalance key="1" />,
    <PurchaseButton key="2" itemId="starter" />,
    <SubscriptionManager key="3" />,
    <OrderForm key="4" packageId="review" />,
    <OrderList key="5" />,
    <ApiKeys key="6" />,
    <CreditHistory key="7" />,
    <InvoiceList key="8" />,
    <NoticeList key="9" />,
    <PurchaseList key="10" />,
    <TopUpSettings key="11" />,
    <BookingList key="12" />,
    <BookingPicker key="13" />,
    <RefundRequestList key="14" />,
    <EarningList key="15" />,
    <PayoutAccount key="16" />,
    <BookingList key="17" isGiven />,
  ]) {
    const html = renderToString(
      <PaydeskProvider client={client} userId="ada">
        {component}
      </PaydeskProvider>,
    );
    expect(html).toContain('data-state="loading"');
    expect(html).toContain("Loading…");
  }
});

test("a component without a provider says what is missing", () => {
  expect(() => renderToString(<CreditBalance />)).toThrow("PaydeskProvider");
});

test.each([
  [1000, "usd", "$10.00"],
  [1000, "jpy", "¥1,000"],
  [1234, "kwd", "KWD 1.234"],
  [5, "EUR", "€0.05"],
  [-250, "usd", "-$2.50"],
])("%d of %s is %s", (minor, currency, text) => {
  expect(formatMoney(minor, currency, "en-US").replaceAll("\u00a0", " ")).toBe(text);
});

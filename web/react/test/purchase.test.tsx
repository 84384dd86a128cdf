import { PurchaseButton, useCheckout } from "@paydesk/react";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk, json, problem, products, show } from "./desk.js";

const CHECKOUT = "POST /api/stripe/create-checkout-session";
const started = { id: "cs_1", url: "https://stripe.example/cs_1", purchase_id: "pur_1", status: "open" };

test("it says what is bought and what it costs, and leads to the checkout", async () => {
  const navigate = vi.fn();
  const { client, to } = desk({ "GET /api/stripe/products": products, [CHECKOUT]: started });
  show(client, <PurchaseButton itemId="starter" quantity={3} />, {
    navigate,
    currency: "jpy",
    successUrl: "https://app.example/done",
  });
  const button = await screen.findByRole("button", { name: "Buy 300 credits ¥4,500" });
  fireEvent.click(button);
  fireEvent.click(button);
  await waitFor(() => expect(navigate).toHaveBeenCalledWith(started.url));
  expect(to(CHECKOUT)).toHaveLength(1);
  expect(to(CHECKOUT)[0]?.body).toEqual({
    item_id: "starter",
    quantity: 3,
    currency: "jpy",
    success_url: "https://app.example/done",
  });
  expect(button.getAttribute("aria-busy"), "the page is being left").toBe("true");
});

test("what is not for sale is said", async () => {
  const { client } = desk({ "GET /api/stripe/products": products });
  const { container } = show(client, <PurchaseButton itemId="gone" />);
  await screen.findByText("This is not for sale at the moment.");
  expect(container.querySelector(".pd-purchase")?.getAttribute("data-state")).toBe("empty");
});

test("a repeat of what is in doubt has the same key, and of what was refused another", async () => {
  const answers = [
    () => problem("stripe_unavailable", 502),
    () => problem("checkout_refused", 409, { detail: "Not today." }),
    () => json(started),
  ];
  const navigate = vi.fn();
  const { client, to } = desk({ "GET /api/stripe/products": products, [CHECKOUT]: () => answers.shift()?.() });
  show(client, <PurchaseButton itemId="starter">Go on</PurchaseButton>, { navigate });
  const button = await screen.findByRole("button", { name: /^Go on/ });
  for (const times of [1, 2, 3]) {
    fireEvent.click(button);
    await waitFor(() => expect(to(CHECKOUT)).toHaveLength(times));
    if (times < 3) await screen.findByRole("alert");
    await waitFor(() => times === 3 || expect(button.getAttribute("aria-busy")).toBeNull());
  }
  await waitFor(() => expect(navigate).toHaveBeenCalledOnce());
  const [first, second, third] = to(CHECKOUT).map(({ key }) => key);
  expect(second).toBe(first);
  expect(third).not.toBe(second);
});

function OwnButton() {
  const checkout = useCheckout();
  return (
    <button type="button" onClick={() => checkout.run({ item_id: "starter" })}>
      {checkout.status}
    </button>
  );
}

test("a page that the browser kept no longer waits when it comes back", async () => {
  const { client } = desk({ [CHECKOUT]: started });
  show(client, <OwnButton />, { navigate: () => undefined });
  fireEvent.click(screen.getByRole("button"));
  await screen.findByText("done");
  fireEvent(window, Object.assign(new Event("pageshow"), { persisted: true }));
  await screen.findByText("idle");
});

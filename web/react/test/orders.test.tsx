import { OrderForm, OrderList } from "@paydesk/react";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk, json, problem, products, show } from "./desk.js";

const order = {
  order_id: "ord_1",
  user_id: "ada",
  package_id: "review",
  fields: {},
  status: "draft",
  paid_minor: 0,
  refunded_minor: 0,
  created_at: "2026-01-31T12:00:00Z",
  updated_at: "2026-01-31T12:00:00Z",
};
const started = { id: "cs_1", url: "https://stripe.example/cs_1", purchase_id: "pur_1", status: "open" };
const base = {
  "GET /api/stripe/products": products,
  "GET /api/orders": { data: [] },
  "POST /api/stripe/create-checkout-session": started,
};

test("the form asks for what the package needs, and leads from order to checkout", async () => {
  const navigate = vi.fn();
  const { client, to } = desk({ ...base, "POST /api/orders": () => json(order, 201) });
  show(client, <OrderForm packageId="review" />, { navigate });
  const url = await screen.findByLabelText<HTMLInputElement>("Link to the track");
  expect(url.type).toBe("url");
  expect(url.required).toBe(true);
  fireEvent.change(url, { target: { value: "https://music.example/one" } });
  fireEvent.click(screen.getByRole("button", { name: "Order and pay $49.00" }));
  await waitFor(() => expect(navigate).toHaveBeenCalledWith(started.url));
  expect(to("POST /api/orders")[0]?.body).toEqual({
    package_id: "review",
    fields: { track_url: "https://music.example/one" },
  });
  const [checkout] = to("POST /api/stripe/create-checkout-session");
  expect(checkout?.body).toEqual({ order_id: "ord_1" });
  expect(checkout?.key).toBe(`${to("POST /api/orders")[0]?.key}-pay`);
});

test("a field that the server refuses is told at the field", async () => {
  const refused = () => problem("invalid_request", 422, { field: "fields.track_url", detail: "This is no address." });
  const { client } = desk({ ...base, "POST /api/orders": refused });
  show(client, <OrderForm packageId="review" />);
  const url = await screen.findByLabelText("Link to the track");
  fireEvent.submit(screen.getByRole("form", { name: "Track review" }));
  expect((await screen.findByRole("alert")).textContent).toBe("This is no address.");
  expect(url.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(url.getAttribute("aria-describedby") ?? "")?.textContent).toBe("This is no address.");
});

test("a package that is not for sale has no form", async () => {
  const { client } = desk(base);
  show(client, <OrderForm packageId="gone" />);
  await screen.findByText("This is not for sale at the moment.");
});

test("a list that is empty says so", async () => {
  const { client } = desk(base);
  const { container } = show(client, <OrderList />);
  await screen.findByText("You have not ordered anything yet.");
  expect(container.querySelector(".pd-orders")?.getAttribute("data-state")).toBe("empty");
});

test("each order shows where it stands and what can be done about it", async () => {
  const delivery = {
    links: ["https://files.example/review", "javascript:alert(1)"],
    note: "Well done",
    delivered_at: "2026-02-01T12:00:00Z",
  };
  const data = [
    { ...order, status: "awaiting_payment" },
    { ...order, order_id: "ord_2", status: "in_progress", paid_minor: 4900, refunded_minor: 900, currency: "usd" },
    { ...order, order_id: "ord_3", status: "delivered", delivery },
  ];
  const { client } = desk({ ...base, "GET /api/orders": { data } });
  const { container } = show(client, <OrderList />);
  const waiting = within(await waitFor(() => item(container, "ord_1")));
  waiting.getByText("Waits for payment");
  await waiting.findByRole("button", { name: "Pay for Track review" });
  const begun = within(item(container, "ord_2"));
  expect(begun.queryAllByRole("button")).toEqual([]);
  begun.getByText("$9.00 given back");
  const delivered = within(item(container, "ord_3"));
  expect(delivered.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual([
    "https://files.example/review",
  ]);
  delivered.getByText("javascript:alert(1)");
});

test("more are read when they are asked for, and stay when the list is read again", async () => {
  const pages: Record<string, unknown> = {
    "": { data: [order], next: "here" },
    here: { data: [{ ...order, order_id: "ord_2" }] },
  };
  const { client } = desk({
    ...base,
    "GET /api/orders": (request: Request) => json(pages[new URL(request.url).searchParams.get("after") ?? ""]),
  });
  const { container } = show(client, <OrderList />);
  fireEvent.click(await screen.findByRole("button", { name: "Show more" }));
  await waitFor(() => item(container, "ord_2"));
  item(container, "ord_1");
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("what changed after the list was read and before the stream began is seen", async () => {
  const statuses = ["awaiting_payment", "paid"];
  const told = `id: 1\nevent: wallet\ndata: {"balance":0,"held":0,"owed":0,"frozen":false}\n\n`;
  const { client } = desk({
    ...base,
    "GET /api/orders": () => json({ data: [{ ...order, status: statuses.shift() }] }),
    "GET /api/updates": () => new Response(new TransformStream().readable.pipeThrough(begun(told))),
  });
  show(client, <OrderList />, { isLive: true });
  await screen.findByText("Paid");
});

test("an order is cancelled once it was asked twice", async () => {
  const { client, to } = desk({
    ...base,
    "GET /api/orders": { data: [{ ...order, status: "paid" }] },
    "POST /api/orders/ord_1/moves": order,
  });
  show(client, <OrderList />);
  fireEvent.click(await screen.findByRole("button", { name: "Cancel Track review?" }));
  fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel" }));
  await screen.findByText("The order is cancelled.");
  expect(to("POST /api/orders/ord_1/moves")[0]?.body).toEqual({ to: "cancelled" });
});

/** A stream that begins with a text and goes on in silence. */
function begun(text: string): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(text)) });
}

function item(container: HTMLElement, orderId: string): HTMLElement {
  const found = container.querySelector<HTMLElement>(`[data-order="${orderId}"]`);
  if (!found) throw new Error(`${orderId} is not there`);
  return found;
}

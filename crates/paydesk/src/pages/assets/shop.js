// The shop of `paydesk dev`: shows the balance, buys credits, subscribes to plans, submits orders.
const shop = document.querySelector("#shop");
const { token, user } = shop.dataset;
const message = document.querySelector("#message");
const manage = document.querySelector("#manage");

/** The page's token is of a server that runs no more. */
class EarlierRun extends Error {
  message = "This page is from an earlier run. Reload it.";
}

function complain(error) {
  if (!message.hidden && message.textContent === error.message) return;
  message.textContent = error.message;
  message.hidden = false;
}

async function call(method, path, body) {
  const headers = { authorization: `Bearer ${token}` };
  if (method === "POST") {
    headers["content-type"] = "application/json";
    headers["idempotency-key"] = crypto.randomUUID();
  }
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status === 401) throw new EarlierRun();
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail ?? said.title ?? "The server did not answer as expected.");
  return said;
}

// What is shown is written anew only when it has changed: a screen reader reads every writing out.
const shown = {};

function show(part, read, write) {
  const text = JSON.stringify(read);
  if (text === shown[part]) return;
  shown[part] = text;
  write(read);
}

async function refresh() {
  const [may, orders] = await Promise.all([
    call("GET", `/api/entitlements/${encodeURIComponent(user)}`),
    call("GET", "/api/orders"),
  ]);
  show("balance", may.credits.balance, (balance) => (document.querySelector("#balance").textContent = balance));
  if (manage) {
    show("tier", may.tier, (tier) => (document.querySelector("#tier").textContent = tier));
    show("subscriptions", may.subscriptions, showSubscriptions);
  }
  show("orders", orders.data, showOrders);
}

function showOrders(orders) {
  document.querySelector("#no-orders").hidden = orders.length > 0;
  document.querySelector("#orders").replaceChildren(...orders.map(row));
}

// Whoever has a plan of a group changes it in their account; a second one of that group cannot be subscribed to.
function showSubscriptions(subscriptions) {
  const live = subscriptions.filter(({ status }) => status && !["canceled", "incomplete_expired"].includes(status));
  document.querySelector("#subscriptions").replaceChildren(...live.map(subscribed));
  manage.hidden = live.length === 0;
  for (const button of document.querySelectorAll("button[data-plan]")) {
    const { plan, group } = button.dataset;
    const had = live.find((one) => one.group === group);
    const isCurrent = had?.plan_id === plan;
    button.hidden = Boolean(had);
    document.querySelector(`[data-change="${plan}"]`).hidden = !had || isCurrent;
    document.querySelector(`[data-current="${plan}"]`).hidden = !isCurrent;
  }
}

function subscribed(subscription) {
  const item = document.createElement("li");
  item.dataset.subscription = subscription.subscription_id;
  item.dataset.plan = subscription.plan_id;
  item.dataset.status = subscription.status;
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = nameOf("plan", subscription.plan_id);
  const status = document.createElement("span");
  status.className = "status";
  status.textContent = standing(subscription);
  item.append(name, status);
  return item;
}

// How a subscription stands, in the words of the account.
function standing({ status, access, until, cancel_at, period_end }) {
  if (status === "incomplete") return "Waits for its first payment";
  if (status === "paused") return "Paused";
  if (cancel_at) return `Ends on ${day(cancel_at)}`;
  if (status === "trialing") return `Free until ${day(period_end)}`;
  if (status === "active") return `Renews on ${day(period_end)}`;
  if (!access) return "Stopped, because a payment is overdue";
  return until ? `A payment is overdue. Pay by ${day(until)} to keep your plan` : "A payment is overdue";
}

function day(moment) {
  return new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });
}

// What the page calls something that is for sale; its id where it is not on sale any more.
function nameOf(kind, id) {
  return document.getElementById(`${kind}-${id}`)?.textContent ?? id;
}

// Where an order stands, in the words of the account.
const STATUSES = {
  draft: "Draft",
  awaiting_payment: "Waits for payment",
  paid: "Paid",
  in_progress: "In progress",
  delivered: "Delivered",
  cancelled: "Cancelled",
  refunded: "Refunded",
};

function row(order) {
  const item = document.createElement("li");
  item.dataset.order = order.order_id;
  item.dataset.status = order.status;
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = nameOf("package", order.package_id);
  const made = document.createElement("time");
  made.dateTime = order.created_at;
  made.textContent = day(order.created_at);
  const status = document.createElement("span");
  status.className = "status";
  status.textContent = STATUSES[order.status] ?? order.status;
  item.append(name, made, status);
  if (["draft", "awaiting_payment"].includes(order.status)) item.append(payLink(order, name.textContent));
  return item;
}

// An order that waits for its payment leads to its checkout.
function payLink(order, name) {
  const button = document.createElement("button");
  button.className = "button";
  button.textContent = "Pay";
  button.setAttribute("aria-label", `Pay for ${name}`);
  button.addEventListener("click", () => act(button, () => pay({ order_id: order.order_id })));
  return button;
}

// Every action shows that it is under way, and says what went wrong.
async function act(button, work) {
  button.disabled = true;
  message.hidden = true;
  try {
    await work();
  } catch (error) {
    complain(error);
    button.disabled = false;
  }
}

async function pay(wanted) {
  const checkout = await call("POST", "/api/stripe/create-checkout-session", wanted);
  location.assign(checkout.url);
}

// Prices as the account writes them: `10.00 USD` is $10.00.
for (const price of document.querySelectorAll("[data-price]")) {
  const [amount, currency] = price.textContent.split(" ");
  const digits = amount.split(".")[1]?.length ?? 0;
  const options = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (currency) price.textContent = new Intl.NumberFormat(undefined, options).format(Number(amount));
}

for (const button of document.querySelectorAll("[data-pack]")) {
  button.addEventListener("click", () => act(button, () => pay({ item_id: button.dataset.pack })));
}

for (const button of document.querySelectorAll("button[data-plan]")) {
  button.addEventListener("click", () => act(button, () => pay({ item_id: button.dataset.plan })));
}

manage?.addEventListener("click", () =>
  act(manage, async () => {
    const portal = await call("GET", "/api/stripe/customer-portal");
    location.assign(portal.url);
  }),
);

for (const form of document.querySelectorAll("form[data-package]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(form.querySelector("button"), async () => {
      const entered = [...new FormData(form)].filter(([, text]) => text !== "");
      const fields = Object.fromEntries(entered);
      const order = await call("POST", "/api/orders", { package_id: form.dataset.package, fields });
      await pay({ order_id: order.order_id });
    });
  });
}

refresh().catch(complain);
// A purchase in another tab, or an event that comes late, shows within moments.
setInterval(() => document.hidden || refresh().catch((error) => error instanceof EarlierRun && complain(error)), 2_000);
// A page that the browser kept for the way back must not keep its buttons off.
addEventListener("pageshow", (event) => event.persisted && location.reload());

// The shop of `paydesk dev`: shows the balance, buys credits, submits orders.
const shop = document.querySelector("#shop");
const { token, user } = shop.dataset;
const message = document.querySelector("#message");

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
let shown = "";

async function refresh() {
  const [wallet, orders] = await Promise.all([
    call("GET", `/api/financial/credits/${encodeURIComponent(user)}`),
    call("GET", "/api/orders"),
  ]);
  const balance = document.querySelector("#balance");
  if (balance.textContent !== String(wallet.balance)) balance.textContent = wallet.balance;
  const read = JSON.stringify(orders.data);
  if (read === shown) return;
  shown = read;
  document.querySelector("#no-orders").hidden = orders.data.length > 0;
  document.querySelector("#orders").replaceChildren(...orders.data.map(row));
}

function row(order) {
  const item = document.createElement("li");
  item.dataset.order = order.order_id;
  item.dataset.status = order.status;
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = document.getElementById(`package-${order.package_id}`)?.textContent ?? order.package_id;
  const made = document.createElement("time");
  made.dateTime = order.created_at;
  made.textContent = new Date(order.created_at).toLocaleDateString(undefined, { dateStyle: "medium" });
  const status = document.createElement("span");
  status.className = "status";
  status.textContent = order.status.replaceAll("_", " ");
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

for (const button of document.querySelectorAll("[data-pack]")) {
  button.addEventListener("click", () => act(button, () => pay({ item_id: button.dataset.pack })));
}

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

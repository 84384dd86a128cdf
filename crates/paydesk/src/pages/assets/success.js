// Asks where the purchase stands until it is settled, then shows the page anew.
const purchase = document.querySelector("#purchase");
const settled = ["paid", "awaiting_funds", "expired", "failed"];

async function look(pause) {
  const address = "/payment/status?session_id=" + encodeURIComponent(purchase.dataset.session);
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (answer.ok && (await answer.json()).status !== purchase.dataset.status) return location.reload();
  } catch {
    // The server is away for a moment; the next look comes anyway.
  }
  setTimeout(look, pause, Math.min(pause * 1.5, 10_000));
}

if (purchase && !settled.includes(purchase.dataset.status)) setTimeout(look, 500, 1_000);

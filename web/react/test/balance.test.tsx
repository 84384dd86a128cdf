import { CreditBalance } from "@paydesk/react";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { desk, json, problem, show } from "./desk.js";

const WALLET = "GET /api/financial/credits/ada";
const wallet = (balance: number, more = {}) => ({ user_id: "ada", balance, held: 0, owed: 0, frozen: false, ...more });

test("it shows that it loads, then the balance", async () => {
  const { client } = desk({ [WALLET]: wallet(1200) });
  const { container } = show(client, <CreditBalance className="mine" />);
  expect(screen.getByRole("status").textContent).toBe("Loading…");
  await screen.findByText("1,200");
  expect(container.querySelector(".pd-balance.mine")?.getAttribute("data-state")).toBe("ready");
});

test("it says what stands in the way of spending", async () => {
  const { client } = desk({ [WALLET]: wallet(7, { held: 3, owed: 2, frozen: true }) });
  show(client, <CreditBalance />);
  await screen.findByText("3 set aside");
  screen.getByText(/^2 owed/);
  screen.getByText(/^Frozen/);
});

test("a failure is said, and mended by trying again", async () => {
  let isUp = false;
  const { client } = desk({
    [WALLET]: () => (isUp ? json(wallet(7)) : problem("internal", 500, { detail: "It broke." })),
  });
  show(client, <CreditBalance />);
  expect((await screen.findByRole("alert")).textContent).toContain("It broke.");
  isUp = true;
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("7");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("no answer at all is said in words of the application", async () => {
  const { client } = desk({
    [WALLET]: () => {
      throw new TypeError("fetch failed");
    },
  });
  show(client, <CreditBalance />, { words: { unreachable: "Keine Verbindung" } });
  await screen.findByText("Keine Verbindung");
});

test("what is told while the user looks is shown, and an answer that was overtaken is not", async () => {
  const updates = new TransformStream<Uint8Array, Uint8Array>();
  const writer = updates.writable.getWriter();
  const tell = (balance: number) =>
    writer.write(new TextEncoder().encode(`id: 1\nevent: wallet\ndata: ${JSON.stringify(wallet(balance))}\n\n`));
  const answers: ((answer: Response) => void)[] = [];
  const { client, to } = desk({
    [WALLET]: () => new Promise<Response>((done) => answers.push(done)),
    "GET /api/updates": () => new Response(updates.readable),
  });
  show(client, <CreditBalance />, { isLive: true });
  await waitFor(() => expect(answers).toHaveLength(1));
  await act(() => tell(9));
  await screen.findByText("9");
  await act(async () => answers.shift()?.(json(wallet(5))));
  expect(screen.queryByText("5")).toBeNull();
  await act(() => tell(10));
  await screen.findByText("10");
  expect(to(WALLET), "what was told needs no second look").toHaveLength(1);
});

test("another user sees nothing of the one before", async () => {
  const { client } = desk({
    [WALLET]: wallet(7),
    "GET /api/financial/credits/bob": () => new Promise(() => undefined),
  });
  const { rerender } = show(client, <CreditBalance />);
  await screen.findByText("7");
  const { PaydeskProvider } = await import("@paydesk/react");
  rerender(
    <PaydeskProvider client={client} userId="bob" isLive={false}>
      <CreditBalance />
    </PaydeskProvider>,
  );
  expect(screen.queryByText("7")).toBeNull();
  screen.getByText("Loading…");
});

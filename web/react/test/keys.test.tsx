import { ApiKeys } from "@paydesk/react";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { desk, json, problem, show } from "./desk.js";

const key = {
  key_id: "key_1",
  user_id: "ada",
  name: "build server",
  status: "active",
  created_at: "2026-01-31T12:00:00Z",
};
const LIST = "GET /api/keys";

test("a key is made, its secret shown, copied and put away", async () => {
  const keys: unknown[] = [];
  const make = () => {
    keys.push(key);
    return json({ ...key, secret: "pdk_secret" }, 201);
  };
  const { client, to } = desk({ [LIST]: () => json({ data: keys }), "POST /api/keys": make });
  const writeText = vi.fn(async () => undefined);
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
  show(client, <ApiKeys />);
  await screen.findByText("You have no API keys yet.");
  fireEvent.change(screen.getByLabelText("Name of the new key"), { target: { value: "build server" } });
  fireEvent.click(screen.getByRole("button", { name: "Create key" }));
  const secret = await screen.findByRole("region", { name: /^The secret of build server/ });
  // The focus follows once the panel has been drawn.
  await waitFor(() => expect(document.activeElement).toBe(secret));
  fireEvent.click(within(secret).getByRole("button", { name: "Copy" }));
  await within(secret).findByText("Copied");
  expect(writeText).toHaveBeenCalledWith("pdk_secret");
  fireEvent.click(within(secret).getByRole("button", { name: "Close" }));
  expect(screen.queryByText("pdk_secret")).toBeNull();
  expect(to("POST /api/keys")[0]?.body).toEqual({ name: "build server" });
  await screen.findByText("Active");
  vi.unstubAllGlobals();
});

test("a plan that comes without keys says so", async () => {
  const refused = () => problem("keys_not_included", 403, { detail: "Your plan has no keys." });
  const { client } = desk({ [LIST]: { data: [] }, "POST /api/keys": refused });
  show(client, <ApiKeys />);
  fireEvent.submit((await screen.findByRole("button", { name: "Create key" })).closest("form") as HTMLFormElement);
  expect((await screen.findByRole("alert")).textContent).toContain("Your plan has no keys.");
});

test("a secret that was lost on the way is not waited for", async () => {
  const { client } = desk({ [LIST]: { data: [key] }, "POST /api/keys": () => problem("secret_already_shown", 409) });
  show(client, <ApiKeys />);
  fireEvent.submit((await screen.findByRole("button", { name: "Create key" })).closest("form") as HTMLFormElement);
  await screen.findByText(/its secret was lost/);
});

test("an issued key is shown, and an active one replaced at once where that is wanted", async () => {
  const issued = { ...key, key_id: "key_2", name: "of the plan", status: "unrevealed" };
  const { client, to } = desk({
    [LIST]: { data: [key, issued] },
    "POST /api/keys/key_2/reveal": { ...issued, secret: "pdk_issued" },
    "POST /api/keys/key_1/rotate": { ...key, secret: "pdk_new" },
  });
  show(client, <ApiKeys />);
  fireEvent.click(await screen.findByRole("button", { name: "Show of the plan" }));
  await screen.findByText("pdk_issued");
  fireEvent.click(screen.getByRole("button", { name: "Replace the secret of build server" }));
  const dialog = await screen.findByRole("dialog");
  fireEvent.click(within(dialog).getByRole("checkbox"));
  fireEvent.click(within(dialog).getByRole("button", { name: "Replace" }));
  await screen.findByText("pdk_new");
  expect(to("POST /api/keys/key_1/rotate")[0]?.body).toEqual({ overlap_seconds: 0 });
});

test("a key is revoked once it was asked twice, and offers nothing any more", async () => {
  let status = "active";
  const revoke = () => {
    status = "revoked";
    return json({ ...key, status });
  };
  const { client } = desk({
    [LIST]: () => json({ data: [{ ...key, status }] }),
    "POST /api/keys/key_1/revoke": revoke,
  });
  show(client, <ApiKeys />);
  fireEvent.click(await screen.findByRole("button", { name: "Revoke build server" }));
  fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await screen.findByText("The key is revoked.");
  await waitFor(() => expect(screen.queryByRole("button", { name: "Revoke build server" })).toBeNull());
});

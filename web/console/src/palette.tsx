// The search: pages by name, anything by its id.

import type { PageUserOut } from "@paydesk/client";
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";

import { type Found, find, foundUsers } from "./find.js";
import { entries } from "./places.js";
import { useQuery } from "./query.js";
import { go } from "./router.js";
import { client } from "./server.js";

/** How many users are offered. */
const USERS_MAX = 5;

function choices(text: string, users: PageUserOut | undefined): Found[] {
  const wanted = text.trim().toLowerCase();
  const pages = entries
    .filter(({ label }) => label.toLowerCase().includes(wanted))
    .map(({ label, to }) => ({ label: `Go to ${label}`, to }));
  return [...pages, ...find(text), ...(users ? foundUsers(text, users) : [])];
}

export function Palette({ onClose }: { onClose: () => void }): ReactElement {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const listId = useId();
  const wanted = text.trim();
  const users = useQuery(`users by ${wanted}`, async (signal) =>
    wanted === "" ? { data: [] } : client.listUsers({ search: wanted, limit: USERS_MAX }, { signal }),
  );
  const found = choices(text, users.data);
  const chosen = Math.max(Math.min(at, found.length - 1), 0);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const follow = (one: Found | undefined) => {
    if (!one) return;
    onClose();
    go(one.to);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "Enter") follow(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} className="palette" aria-label="Search" onCancel={onClose}>
      <input
        type="search"
        role="combobox"
        aria-label="Search"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found[chosen] ? `${listId}-${chosen}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder="A user, or any id: pur_…, evt_…, re_…"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id={listId} role="listbox" aria-label="What was found" className="found" tabIndex={-1}>
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's, which keeps the focus.
          <div
            key={one.to}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => follow(one)}
          >
            {one.label}
          </div>
        ))}
      </div>
      <p role="status" className="soft found-nothing">
        {found.length === 0 && !users.isLoading && !users.error && `Nothing is known by “${wanted}”.`}
      </p>
    </dialog>
  );
}

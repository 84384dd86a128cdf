// Everything that happened to a user, newest first.

import type { TimelineEntryOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { find } from "../find.js";
import { say } from "../formats.js";
import { Paged } from "../parts/table.js";
import { type Happening, Timeline } from "../parts/timeline.js";
import { Amount } from "../parts/values.js";
import { Link } from "../router.js";
import { client } from "../server.js";

/** Where what happened is found in full; a notice has no page of its own. */
const PLACES: Record<TimelineEntryOut["kind"], string | undefined> = {
  purchase: "/purchases",
  invoice: "/purchases",
  payment: "/payments",
  refund: "/refunds",
  dispute: "/disputes",
  order: "/orders",
  subscription: "/subscriptions",
  credits: "/ledger",
  notice: undefined,
};

function happening(entry: TimelineEntryOut, index: number, userId: string): Happening {
  const { kind, id, status, amount, unit } = entry;
  const place = PLACES[kind];
  return {
    // One thing may have happened to several at once, and several things to one.
    key: `${kind} ${id} ${status} ${entry.at} ${index}`,
    at: entry.at,
    title: place ? (
      <Link data-entry="" to={`${place}/${encodeURIComponent(id)}`}>
        {say(kind)}
      </Link>
    ) : (
      say(kind)
    ),
    // A movement of what recurs is one by its kind, whatever the figure is called.
    status: status.replace(/^mrr_/, ""),
    amount: typeof amount === "number" && unit ? <Amount of={amount} unit={unit} /> : undefined,
    detail: detailOf(entry, userId),
  };
}

/** What there is to say besides, in words, and what it is about. */
function detailOf({ kind, detail, about }: TimelineEntryOut, userId: string): ReactElement | undefined {
  const words = kind === "order" && detail ? doer(detail, userId) : detail && REASONED.has(kind) ? say(detail) : detail;
  const [named] = about ? find(about) : [];
  if (!words && !about) return undefined;
  return (
    <>
      {words}
      {words && about && " · "}
      {named ? <Link to={named.to}>{named.label}</Link> : about}
    </>
  );
}

/** Where the detail is a word of Stripe's. */
const REASONED = new Set<TimelineEntryOut["kind"]>(["refund", "dispute", "notice"]);

/** Who changed an order, as people call them. */
function doer(changedBy: string, userId: string): string {
  const [who = "", id = ""] = changedBy.split(/:(.*)/, 2);
  if (who === "stripe") return "By what Stripe told";
  if (who === "checkout") return "By a checkout";
  if (who === "admin") return "By the admin token";
  return id === userId ? "By the user" : `By the ${who} ${id}`;
}

export function UserTimeline({ userId, balance }: { userId: string; balance: number | undefined }): ReactElement {
  return (
    <Paged
      name="Timeline"
      // What changes the balance is told of too.
      filters={{ userId, balance: String(balance ?? "") }}
      read={(page, signal) => client.readUserTimeline({ user_id: userId, ...page }, { signal })}
      empty="Nothing happened yet. Purchases, credits, orders and all else of this user shows here."
    >
      {(rows) => <Timeline of={rows.map((entry, index) => happening(entry, index, userId))} label="What happened" />}
    </Paged>
  );
}

// Users: who they are, and for one of them what they have, what they bought, what happened, and giving or taking credits.

import type { Entitlements, UserOut, Wallet } from "@paydesk/client";
import type { ReactElement } from "react";

import { formatChange, formatCount, say } from "../formats.js";
import { parseCount } from "../money.js";
import { Act } from "../parts/act.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List } from "../parts/table.js";
import { type Tab, Tabs } from "../parts/tabs.js";
import { Tile, Tiles } from "../parts/tiles.js";
import { At, Count, Exactly, Id, Nothing, Status } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { useSession } from "../session.js";
import { Heading } from "../shell.js";
import { BookingsOf } from "./bookings.js";
import { orderColumns } from "./orders.js";
import { EarningsOf } from "./payouts.js";
import { purchaseColumns } from "./purchases.js";
import { refundColumns } from "./reversals.js";
import { SubscriptionsOf } from "./subscriptions.js";
import { UserTimeline } from "./user_timeline.js";

const columns: Column<UserOut>[] = [
  {
    title: "User",
    cell: (user) => (
      <Link data-entry="" className="cut" to={`/users/${encodeURIComponent(user.user_id)}`}>
        {user.user_id}
      </Link>
    ),
  },
  { title: "E-mail", isExtra: true, cell: (user) => user.email ?? <Nothing /> },
  { title: "Tier", cell: (user) => (user.tiers.length > 0 ? user.tiers.map(say).join(", ") : <Nothing />) },
  { title: "Credits", isNumber: true, cell: (user) => <Count of={user.balance} /> },
  {
    title: "Customer",
    isExtra: true,
    cell: (user) => (user.stripe_customer_id ? <code>{user.stripe_customer_id}</code> : <Nothing />),
  },
];

const filters: Filter[] = [{ name: "search", label: "Id begins with, or e-mail" }];

export function UsersPage(): ReactElement {
  const values = useFilters(filters);
  return (
    <>
      <Heading title="Users">
        <p className="soft">
          By the id that your application gives them: the <code>sub</code> of their token.
        </p>
      </Heading>
      <Filters filters={filters} />
      <List
        name="Users"
        filters={values}
        read={(page, signal) => client.listUsers({ ...page, ...(values as object) }, { signal })}
        columns={columns}
        keyOf={(user) => user.user_id}
        empty={
          values.search ? (
            <>
              Nobody. No id begins with “<bdi>{values.search}</bdi>”, and it is nobody’s whole e-mail address.
            </>
          ) : (
            "Nobody yet. Whoever buys something or has credits shows here."
          )
        }
      />
    </>
  );
}

/** Of the users whose ids begin with one's id one is the first, but for those whose e-mail address it is. */
const KNOWN_MAX = 20;

export function UserPage({ userId }: { userId: string }): ReactElement {
  const user_id = userId;
  const wallet = useQuery(`wallet ${userId}`, (signal) => client.readCredits({ user_id }, { signal }));
  const rights = useQuery(`rights ${userId}`, (signal) => client.readEntitlements({ user_id }, { signal }));
  const known = useQuery(`user ${userId}`, async (signal) => {
    const { data } = await client.listUsers({ search: userId, limit: KNOWN_MAX }, { signal });
    return { user: data.find((user) => user.user_id === userId) };
  });
  const balance = wallet.data?.balance;
  const reload = () => {
    wallet.reload();
    known.reload();
  };
  return (
    <>
      <Heading
        title="User"
        actions={known.data && <Credits userId={userId} isKnown={Boolean(known.data.user)} onDone={reload} />}
      >
        <Id of={userId} />
        {known.data?.user && <Reached user={known.data.user} />}
      </Heading>
      {known.data && !known.data.user && (
        <p className="warning" role="note">
          No user with this id is known yet: nobody has bought anything, had credits or left an address under it.
        </p>
      )}
      <Loaded query={wallet}>{(found) => <Holdings wallet={found} rights={rights.data} />}</Loaded>
      <Tabs label="About this user" tabs={tabsOf(userId, balance)} />
    </>
  );
}

function tabsOf(userId: string, balance: number | undefined): [Tab, ...Tab[]] {
  return [
    { name: "timeline", label: "Timeline", show: () => <UserTimeline userId={userId} balance={balance} /> },
    { name: "purchases", label: "Purchases", show: () => <Purchases userId={userId} /> },
    { name: "credits", label: "Credits", show: () => <History userId={userId} balance={balance} /> },
    { name: "subscriptions", label: "Subscriptions", show: () => <SubscriptionsOf userId={userId} /> },
    { name: "orders", label: "Orders", show: () => <Orders userId={userId} /> },
    { name: "bookings", label: "Bookings", show: () => <BookingsOf userId={userId} /> },
    { name: "earnings", label: "Earnings", show: () => <EarningsOf userId={userId} /> },
    { name: "refunds", label: "Refunds", show: () => <Refunds userId={userId} /> },
    { name: "keys", label: "API keys", show: () => <Keys userId={userId} /> },
  ];
}

function Purchases({ userId }: { userId: string }): ReactElement {
  return (
    <List
      name="Purchases"
      filters={{ userId }}
      read={(page, signal) => client.listPurchases({ user_id: userId, ...page }, { signal })}
      columns={purchaseColumns}
      keyOf={(purchase) => purchase.purchase_id}
      empty="Nothing was bought."
    />
  );
}

function Orders({ userId }: { userId: string }): ReactElement {
  return (
    <List
      name="Orders"
      filters={{ userId }}
      read={(page, signal) => client.listOrders({ user_id: userId, ...page }, { signal })}
      columns={orderColumns.filter(({ title }) => title !== "User")}
      keyOf={(order) => order.order_id}
      empty="Nothing was ordered."
    />
  );
}

function Refunds({ userId }: { userId: string }): ReactElement {
  return (
    <List
      name="Refunds"
      filters={{ userId }}
      read={(page, signal) => client.listRefunds({ user_id: userId, ...page }, { signal })}
      columns={refundColumns.filter(({ title }) => title !== "User")}
      keyOf={(refund) => refund.refund_id}
      empty="Nothing was given back."
    />
  );
}

/** How a user is reached. Who has only paid has left their address with Stripe, where their customer leads to it. */
function Reached({ user: { email, stripe_customer_id } }: { user: UserOut }): ReactElement {
  const { stripe_dashboard } = useSession().session;
  return (
    <p className="soft">
      {email ?? "No e-mail address was left here"}
      {stripe_customer_id && " · "}
      {stripe_customer_id && stripe_dashboard && (
        <a href={`${stripe_dashboard}/customers/${encodeURIComponent(stripe_customer_id)}`} rel="noopener noreferrer">
          Customer at Stripe
        </a>
      )}
      {stripe_customer_id && !stripe_dashboard && (
        <>
          customer <code>{stripe_customer_id}</code> of the sandbox
        </>
      )}
    </p>
  );
}

interface CreditsProps {
  userId: string;
  isKnown: boolean;
  onDone: () => void;
}

/** Gives credits and takes them away. Whoever gives them to an id that nobody has used says it twice: it may be mistyped. */
function Credits({ userId, isKnown, onDone }: CreditsProps): ReactElement {
  const asks = [
    { name: "amount", label: "Credits" },
    { name: "reason", label: "Reason, kept in the books", isLong: true },
  ];
  const again = { name: "again", label: "The id once more", hint: `Nobody has used the id ${userId} yet.` };
  const change = (isAddition: boolean) => async (answers: Record<string, string>, key: string) => {
    const { amount = "", reason = "" } = answers;
    if (!isKnown && answers.again !== userId) throw new Error("That is another id than the one of this page.");
    const count = parseCount(amount);
    if (count === undefined) throw new Error(`${amount} is no number of credits.`);
    const wanted = { user_id: userId, amount: count, reason };
    const { balance } = isAddition
      ? await client.addCredits(wanted, { idempotencyKey: key })
      : await client.removeCredits(wanted, { idempotencyKey: key });
    return `The balance is ${formatCount(balance)}.`;
  };
  return (
    <>
      {isKnown && (
        <Act
          label="Remove credits"
          title="Remove credits?"
          isDangerous
          asks={asks}
          perform={change(false)}
          onDone={onDone}
        />
      )}
      <Act
        label="Add credits"
        title={isKnown ? "Add credits?" : "Add credits to an id that nobody has used?"}
        asks={isKnown ? asks : [...asks, again]}
        perform={change(true)}
        onDone={onDone}
      />
    </>
  );
}

function Holdings({ wallet, rights }: { wallet: Wallet; rights: Entitlements | undefined }): ReactElement {
  return (
    <Tiles>
      <Tile label="Balance" note={wallet.frozen ? "frozen by a dispute" : "credits"}>
        <Count of={wallet.balance} />
      </Tile>
      <Tile label="Held" note="in open holds">
        <Count of={wallet.held} />
      </Tile>
      <Tile label="Owed" note="taken back and not there">
        <Count of={wallet.owed} />
      </Tile>
      <Tile label="Tier" note={rights ? rights.features.join(", ") || "no features" : ""}>
        {rights ? say(rights.tier) : "…"}
      </Tile>
    </Tiles>
  );
}

function History({ userId, balance }: { userId: string; balance: number | undefined }): ReactElement {
  return (
    <List
      name="History of credits"
      // What changes the balance is a new entry.
      filters={{ userId, balance: String(balance ?? "") }}
      read={(page, signal) => client.listCreditHistory({ user_id: userId, ...page }, { signal })}
      keyOf={(entry) => entry.transfer_id}
      empty="No credit ever came or went."
      columns={[
        { title: "What", cell: (entry) => entry.what },
        {
          title: "Credits",
          isNumber: true,
          cell: (entry) => <span className="number">{formatChange(entry.amount)}</span>,
        },
        {
          title: "Balance",
          isNumber: true,
          isExtra: true,
          cell: ({ balance: after }) => (typeof after === "number" ? <Count of={after} /> : <Nothing />),
        },
        { title: "Reason", isExtra: true, cell: (entry) => <span className="cut">{entry.reason ?? "–"}</span> },
        { title: "When", cell: (entry) => <At moment={entry.at} /> },
      ]}
    />
  );
}

function Keys({ userId }: { userId: string }): ReactElement {
  return (
    <List
      name="API keys"
      filters={{ userId }}
      read={(page, signal) => client.listKeys({ user_id: userId, ...page }, { signal })}
      keyOf={(one) => one.key_id}
      empty="No API key."
      columns={[
        { title: "Name", cell: (one) => one.name },
        { title: "Status", cell: (one) => <Status of={one.status} /> },
        { title: "Key", isExtra: true, cell: (one) => <code>{one.key_id}</code> },
        { title: "Made", cell: (one) => <Exactly moment={one.created_at} /> },
      ]}
    />
  );
}

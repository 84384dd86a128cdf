// One user: what they have, what they bought, what happened, and giving or taking credits.

import type { Entitlements, Wallet } from "@paydesk/client";
import { formatNumber } from "@paydesk/react";
import { type FormEvent, type ReactElement, useState } from "react";

import { say } from "../formats.js";
import { parseCount } from "../money.js";
import { Act } from "../parts/act.js";
import { Button } from "../parts/button.js";
import { Section } from "../parts/fields.js";
import { Loaded } from "../parts/states.js";
import { List, Table } from "../parts/table.js";
import { Tile, Tiles } from "../parts/tiles.js";
import { At, Count, Exactly, Id, Nothing, Status } from "../parts/values.js";
import { useQuery } from "../query.js";
import { go } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";
import { orderColumns } from "./orders.js";
import { purchaseColumns } from "./payments.js";
import { refundColumns } from "./reversals.js";

export function UsersPage(): ReactElement {
  const [text, setText] = useState("");
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) go(`/users/${encodeURIComponent(text.trim())}`);
  };
  return (
    <>
      <Heading title="Users" />
      <p className="soft">A user is known by the id that your application gives them: the `sub` of their token.</p>
      <form className="open-user" onSubmit={open}>
        <label>
          User{" "}
          <input value={text} autoComplete="off" spellCheck={false} onChange={(event) => setText(event.target.value)} />
        </label>
        <Button type="submit" kind="primary">
          Open
        </Button>
      </form>
    </>
  );
}

export function UserPage({ userId }: { userId: string }): ReactElement {
  const user_id = userId;
  const wallet = useQuery(`wallet ${userId}`, (signal) => client.readCredits({ user_id }, { signal }));
  const rights = useQuery(`rights ${userId}`, (signal) => client.readEntitlements({ user_id }, { signal }));
  const balance = wallet.data?.balance;
  return (
    <>
      <Heading title="User" actions={<Credits userId={userId} onDone={wallet.reload} />}>
        <Id of={userId} />
      </Heading>
      <Loaded query={wallet}>{(found) => <Holdings wallet={found} rights={rights.data} />}</Loaded>
      <Subscriptions userId={userId} />
      <Section title="Payments">
        <List
          name="Payments"
          pageName="payments"
          limit={10}
          filters={{ userId }}
          read={(page, signal) => client.listPurchases({ user_id, ...page }, { signal })}
          columns={purchaseColumns}
          keyOf={(purchase) => purchase.purchase_id}
          empty="Nothing was bought."
        />
      </Section>
      <Section title="Credits">
        <History userId={userId} balance={balance} />
      </Section>
      <Section title="Orders">
        <List
          name="Orders"
          pageName="orders"
          limit={10}
          filters={{ userId }}
          read={(page, signal) => client.listOrders({ user_id, ...page }, { signal })}
          columns={orderColumns}
          keyOf={(order) => order.order_id}
          empty="Nothing was ordered."
        />
      </Section>
      <Section title="Refunds">
        <List
          name="Refunds"
          pageName="refunds"
          limit={10}
          filters={{ userId }}
          read={(page, signal) => client.listRefunds({ user_id, ...page }, { signal })}
          columns={refundColumns}
          keyOf={(refund) => refund.refund_id}
          empty="Nothing was given back."
        />
      </Section>
      <Keys userId={userId} />
    </>
  );
}

function Credits({ userId, onDone }: { userId: string; onDone: () => void }): ReactElement {
  const asks = [
    { name: "amount", label: "Credits" },
    { name: "reason", label: "Reason, kept in the books", isLong: true },
  ];
  const change = (isAddition: boolean) => async (answers: Record<string, string>, key: string) => {
    const { amount = "", reason = "" } = answers;
    const count = parseCount(amount);
    if (count === undefined) throw new Error(`${amount} is no number of credits.`);
    const wanted = { user_id: userId, amount: count, reason };
    const { balance } = isAddition
      ? await client.addCredits(wanted, { idempotencyKey: key })
      : await client.removeCredits(wanted, { idempotencyKey: key });
    return `The balance is ${formatNumber(balance, "en")}.`;
  };
  return (
    <>
      <Act
        label="Remove credits"
        title="Remove credits?"
        isDangerous
        asks={asks}
        perform={change(false)}
        onDone={onDone}
      />
      <Act label="Add credits" title="Add credits?" asks={asks} perform={change(true)} onDone={onDone} />
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

function Subscriptions({ userId }: { userId: string }): ReactElement {
  const query = useQuery(`subscriptions ${userId}`, (signal) => client.listSubscriptions({ id: userId }, { signal }));
  return (
    <Section title="Subscriptions">
      <Loaded query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="empty">No subscription.</p>
          ) : (
            <Table
              caption="Subscriptions"
              rows={data}
              keyOf={(one) => one.subscription_id}
              columns={[
                { title: "Plan", cell: (one) => one.plan_id ?? <Nothing /> },
                { title: "Status", cell: (one) => <Status of={one.status} /> },
                { title: "Paid until", cell: (one) => <At moment={one.period_end_at} /> },
                { title: "Ends", isExtra: true, cell: (one) => <At moment={one.ended_at ?? one.cancel_at} /> },
                { title: "Subscription", isExtra: true, cell: (one) => <Id of={one.subscription_id} /> },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  );
}

function History({ userId, balance }: { userId: string; balance: number | undefined }): ReactElement {
  return (
    <List
      name="History of credits"
      pageName="credits"
      limit={10}
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
          cell: (entry) => (
            <span className="number">
              {new Intl.NumberFormat("en", { signDisplay: "exceptZero" }).format(entry.amount)}
            </span>
          ),
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
    <Section title="API keys">
      <List
        name="API keys"
        pageName="keys"
        limit={10}
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
    </Section>
  );
}

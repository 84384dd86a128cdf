// Orders: pieces of work that were paid for, and moving them on.

import type { OrderOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { Act, type Ask } from "../parts/act.js";
import { Fields, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List } from "../parts/table.js";
import { At, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";

export const orderColumns: Column<OrderOut>[] = [
  {
    title: "Order",
    cell: (order) => (
      <Link data-entry="" to={`/orders/${encodeURIComponent(order.order_id)}`}>
        {order.package_id}
      </Link>
    ),
  },
  { title: "Status", cell: (order) => <Status of={order.status} /> },
  { title: "User", cell: (order) => <UserLink id={order.user_id} /> },
  { title: "Reviewer", isExtra: true, cell: (order) => <UserLink id={order.reviewer_id} /> },
  { title: "Made", cell: (order) => <At moment={order.created_at} /> },
  { title: "Changed", isExtra: true, cell: (order) => <At moment={order.updated_at} /> },
];

const STATUSES = ["draft", "awaiting_payment", "paid", "in_progress", "delivered", "cancelled", "refunded"] as const;
const filters: Filter[] = [
  { name: "status", label: "Status", options: STATUSES },
  { name: "package_id", label: "Package" },
  { name: "reviewer_id", label: "Reviewer" },
  { name: "user_id", label: "User" },
];

export function OrdersPage(): ReactElement {
  const values = useFilters(filters);
  return (
    <>
      <Heading title="Orders" />
      <Filters filters={filters} />
      <List
        name="Orders"
        filters={values}
        read={(page, signal) => client.listOrders({ ...page, ...(values as object) }, { signal })}
        columns={orderColumns}
        keyOf={(order) => order.order_id}
        empty="No order. What is ordered and paid for shows here to be worked on."
      />
    </>
  );
}

/** Where people may bring an order from where it stands; what money does to it is not done by hand. */
const MOVES: Partial<Record<OrderOut["status"], OrderOut["status"][]>> = {
  draft: ["cancelled"],
  awaiting_payment: ["cancelled"],
  paid: ["in_progress", "cancelled"],
  in_progress: ["delivered", "paid", "cancelled"],
};
const WORDS: Partial<Record<OrderOut["status"], string>> = {
  in_progress: "Begin work",
  delivered: "Deliver",
  paid: "Put back",
  cancelled: "Cancel order",
};

export function OrderPage({ orderId }: { orderId: string }): ReactElement {
  const query = useQuery(`order ${orderId}`, (signal) => client.readOrder({ order_id: orderId }, { signal }));
  const moves = query.data ? (MOVES[query.data.status] ?? []) : [];
  return (
    <>
      <Heading
        title="Order"
        actions={moves.map((to) => <Move key={to} orderId={orderId} to={to} onDone={query.reload} />)}
      >
        <Id of={orderId} />
      </Heading>
      <Loaded query={query}>{(order) => <Order order={order} />}</Loaded>
    </>
  );
}

function Move({ orderId, to, onDone }: { orderId: string; to: OrderOut["status"]; onDone: () => void }): ReactElement {
  const label = WORDS[to] ?? say(to);
  const links: Ask[] =
    to === "delivered"
      ? [{ name: "links", label: "Links, one a line", hint: "Where the work is found.", isLong: true }]
      : [];
  return (
    <Act
      label={label}
      title={`${label}?`}
      isDangerous={to === "cancelled"}
      asks={[
        ...links,
        { name: "note", label: "Note, as the buyer reads it", isLong: true, isOptional: to !== "cancelled" },
      ]}
      perform={async ({ note, links: text = "" }, key) => {
        const wanted = text.split(/\s+/).filter(Boolean);
        const move = { order_id: orderId, to, note: note || null, ...(wanted.length > 0 ? { links: wanted } : {}) };
        const order = await client.moveOrder(move, { idempotencyKey: key });
        return `The order is ${say(order.status).toLowerCase()}.`;
      }}
      onDone={onDone}
    >
      {to === "cancelled" && <p className="soft">What was paid is given back in full.</p>}
    </Act>
  );
}

/** An amount of an order; nothing before there is a purchase, which says in which currency. */
function Paid({ minor, currency }: { minor: number; currency: string | null | undefined }): ReactElement {
  return currency ? <Money minor={minor} currency={currency} /> : <Nothing />;
}

function Order({ order }: { order: OrderOut }): ReactElement {
  return (
    <>
      <Fields
        of={[
          ["Package", order.package_id],
          ["Status", <Status key="v" of={order.status} />],
          ["User", <UserLink key="v" id={order.user_id} />],
          ["Purchase", <IdLink key="v" to="/purchases" id={order.purchase_id} whole />],
          ["Paid", <Paid key="v" minor={order.paid_minor} currency={order.currency} />],
          ["Given back", <Paid key="v" minor={order.refunded_minor} currency={order.currency} />],
          ["Reviewer", <UserLink key="v" id={order.reviewer_id} />],
          ["Made", <Exactly key="v" moment={order.created_at} />],
          ["Changed", <Exactly key="v" moment={order.updated_at} />],
        ]}
      />
      <Section title="What was ordered">
        <Fields of={Object.entries(order.fields).map(([name, value]) => [say(name), String(value)])} />
      </Section>
      {order.delivery && (
        <Section title="Delivery">
          <Fields
            of={[
              ["Links", order.delivery.links.join("\n")],
              ["Note", order.delivery.note ?? <Nothing />],
              ["Delivered", <Exactly key="v" moment={order.delivery.delivered_at} />],
            ]}
          />
        </Section>
      )}
      <Section title="Changes">
        <List
          name="Changes"
          pageName="changes"
          filters={{ updated: order.updated_at }}
          read={(page, signal) => client.listOrderChanges({ order_id: order.order_id, ...page }, { signal })}
          keyOf={(change) => String(change.number)}
          empty="Nothing has changed yet."
          columns={[
            { title: "To", cell: (change) => <Status of={change.to} /> },
            { title: "From", isExtra: true, cell: (change) => say(change.from) },
            { title: "By", cell: (change) => change.changed_by },
            { title: "Note", isExtra: true, cell: (change) => change.note ?? <Nothing /> },
            { title: "When", cell: (change) => <At moment={change.changed_at} /> },
          ]}
        />
      </Section>
    </>
  );
}

// What came in from Stripe, what it did, and handling it again.

import type { EventDeliveryOut, EventOut, LedgerTransferOut, ReplayOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { Act } from "../parts/act.js";
import { Fields, Raw, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List, Table } from "../parts/table.js";
import { type Happening, Timeline } from "../parts/timeline.js";
import { Amount, At, Exactly, Id, Nothing, Status } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";

const columns: Column<EventOut>[] = [
  {
    title: "Type",
    cell: (event) => (
      <Link data-entry="" className="cut" to={`/events/${encodeURIComponent(event.id)}`}>
        {event.type}
      </Link>
    ),
  },
  { title: "Status", cell: (event) => <Status of={event.status} /> },
  { title: "Object", isExtra: true, cell: (event) => <code className="cut">{event.object_id}</code> },
  { title: "Attempts", isExtra: true, isNumber: true, cell: (event) => event.attempts },
  { title: "Came", cell: (event) => <At moment={event.received_at} /> },
];

const filters: Filter[] = [
  { name: "status", label: "Status", options: ["received", "retrying", "processed", "ignored", "dead"] },
  { name: "type", label: "Type" },
];

export function EventsPage(): ReactElement {
  const values = useFilters(filters);
  return (
    <>
      <Heading title="Events" />
      <Filters filters={filters} />
      <List
        name="Events"
        filters={values}
        read={(page, signal) => client.listEvents({ ...page, ...(values as object) }, { signal })}
        columns={columns}
        keyOf={(event) => event.id}
        empty="No event. What Stripe tells shows here, whatever became of it."
      />
    </>
  );
}

export function EventPage({ eventId }: { eventId: string }): ReactElement {
  const query = useQuery(`event ${eventId}`, (signal) => client.readEvent({ id: eventId }, { signal }));
  return (
    <>
      <Heading title={query.data?.type ?? "Event"} actions={<Replay eventId={eventId} onDone={query.reload} />}>
        <Id of={eventId} />
      </Heading>
      <Loaded query={query}>{(event) => <OneEvent event={event} />}</Loaded>
    </>
  );
}

function Replay({ eventId, onDone }: { eventId: string; onDone: () => void }): ReactElement {
  return (
    <Act
      label="Replay"
      title="Handle this event again?"
      perform={async (_, key) => {
        const { status } = await client.replayEvent({ id: eventId }, { idempotencyKey: key });
        return `Put back to be handled: ${say(status).toLowerCase()}.`;
      }}
      rehearse={{
        label: "See what it would do",
        perform: async (_, key) => {
          return sayRehearsed(await client.replayEvent({ id: eventId, dry_run: true }, { idempotencyKey: key }));
        },
      }}
      onDone={onDone}
    >
      <p className="soft">What it did before stays done: each effect happens once for its key.</p>
    </Act>
  );
}

/** What a replay would do now, in a sentence. */
function sayRehearsed({ status, effects, last_error }: ReplayOut): string {
  if (last_error) return `It would fail: ${last_error}`;
  const kinds = (effects ?? []).map(({ kind }) => say(kind).toLowerCase());
  const stand = `It would be ${say(status).toLowerCase()}`;
  return kinds.length > 0
    ? `${stand}, and bring about: ${kinds.join(", ")}.`
    : `${stand}, and nothing new would follow.`;
}

function OneEvent({ event }: { event: EventOut }): ReactElement {
  return (
    <>
      <Fields
        of={[
          ["Status", <Status key="v" of={event.status} />],
          ["Object", <Id key="v" of={event.object_id} />],
          ["Account", event.account || <Nothing />],
          ["Attempts", event.attempts],
          ["Last error", event.last_error ?? <Nothing />],
          ["Made at Stripe", <Exactly key="v" moment={event.created_at} />],
          ["Came", <Exactly key="v" moment={event.received_at} />],
          ["Handled", <Exactly key="v" moment={event.handled_at} />],
        ]}
      />
      <Section title="Timeline">
        <Timeline of={happenings(event)} label="What happened" />
      </Section>
      <Section title="Effects">
        {event.effects && event.effects.length > 0 ? (
          <Table
            caption="Effects"
            rows={event.effects}
            keyOf={(effect) => `${effect.kind} ${effect.key}`}
            columns={[
              { title: "What", cell: (effect) => say(effect.kind) },
              { title: "Business key", cell: (effect) => <code>{effect.key}</code> },
            ]}
          />
        ) : (
          <p className="empty">Nothing followed from it.</p>
        )}
      </Section>
      {event.payload && (
        <Section title="Payload">
          <Raw of={event.payload} label="The payload as it came" />
        </Section>
      )}
    </>
  );
}

/** From where it happened to the last who was told of it. */
function happenings(event: EventOut): Happening[] {
  const handled: Happening[] = event.handled_at
    ? [{ key: "handled", at: event.handled_at, title: "Handled", status: event.status, detail: event.last_error }]
    : [];
  const happened: Happening[] = [
    { key: "made", at: event.created_at, title: "Happened at Stripe", detail: event.type },
    { key: "came", at: event.received_at, title: "Came, and was kept" },
    ...(event.transfers ?? []).map(moved),
    ...handled,
    ...(event.deliveries ?? []).map(told),
  ];
  // What has no place in time of its own stays where it stands.
  return happened.sort((left, right) => Date.parse(left.at ?? "") - Date.parse(right.at ?? "") || 0);
}

function moved(transfer: LedgerTransferOut): Happening {
  return {
    key: `transfer ${transfer.position}`,
    at: transfer.posted_at,
    title: <Link to={`/ledger/${transfer.position}`}>{say(transfer.code)}</Link>,
    amount: <Amount of={transfer.amount} unit={transfer.unit} />,
    detail: `${transfer.debit_account} → ${transfer.credit_account}`,
  };
}

function told(delivery: EventDeliveryOut): Happening {
  const place = `/webhooks/${encodeURIComponent(delivery.endpoint_id)}`;
  const isHook = delivery.endpoint_id.startsWith("we_");
  return {
    key: `delivery ${delivery.delivery_id}`,
    at: delivery.created_at,
    title: isHook ? <Link to={`${place}/${delivery.delivery_id}`}>{delivery.type}</Link> : delivery.type,
    status: delivery.status,
    detail: delivery.last_error ?? (isHook ? "Told by a webhook" : "Told by mail"),
  };
}

// What came in from Stripe, what it did, and handling it again.

import type { EventOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { Act } from "../parts/act.js";
import { Fields, Raw, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List, Table } from "../parts/table.js";
import { At, Exactly, Id, Nothing, Status } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";

const columns: Column<EventOut>[] = [
  {
    title: "Type",
    cell: (event) => (
      <Link data-entry="" to={`/events/${encodeURIComponent(event.id)}`}>
        {event.type}
      </Link>
    ),
  },
  { title: "Status", cell: (event) => <Status of={event.status} /> },
  { title: "Object", isExtra: true, cell: (event) => <code>{event.object_id}</code> },
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
      onDone={onDone}
    >
      <p className="soft">What it did before stays done: each effect happens once for its key.</p>
    </Act>
  );
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

// Who is told by webhooks, what was sent to them, and sending it again.

import type { WebhookDeliveryOut, WebhookEndpointOut } from "@paydesk/client";
import type { ReactElement } from "react";

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

const columns: Column<WebhookEndpointOut>[] = [
  {
    title: "Address",
    cell: (endpoint) => (
      <Link data-entry="" className="cut" to={`/webhooks/${encodeURIComponent(endpoint.endpoint_id)}`}>
        {endpoint.url}
      </Link>
    ),
  },
  { title: "Status", cell: (endpoint) => <Status of={endpoint.status} /> },
  { title: "Failures", isNumber: true, isExtra: true, cell: (endpoint) => endpoint.failures },
  { title: "Made", isExtra: true, cell: (endpoint) => <At moment={endpoint.created_at} /> },
];

export function EndpointsPage(): ReactElement {
  return (
    <>
      <Heading title="Webhooks" />
      <List
        name="Endpoints"
        read={(page, signal) => client.listWebhookEndpoints(page, { signal })}
        columns={columns}
        keyOf={(endpoint) => endpoint.endpoint_id}
        empty="No endpoint. Register one with POST /api/webhook-endpoints to be told of what happens."
      />
    </>
  );
}

const filters: Filter[] = [{ name: "status", label: "Status", options: ["pending", "sent", "failed", "refused"] }];

export function EndpointPage({ endpointId }: { endpointId: string }): ReactElement {
  const values = useFilters(filters);
  const query = useQuery(`endpoint ${endpointId}`, (signal) =>
    client.readWebhookEndpoint({ endpoint_id: endpointId }, { signal }),
  );
  return (
    <>
      <Heading title="Endpoint" actions={query.data && <EndpointActs endpoint={query.data} onDone={query.reload} />}>
        <Id of={endpointId} />
      </Heading>
      <Loaded query={query}>
        {(endpoint) => (
          <Fields
            of={[
              ["Address", endpoint.url],
              ["Status", <Status key="v" of={endpoint.status} />],
              ["Why disabled", endpoint.disabled_because ?? <Nothing />],
              ["Told of", endpoint.event_types.join(", ") || "Everything"],
              ["Failing since", <Exactly key="v" moment={endpoint.failing_since} />],
              ["Resting until", <Exactly key="v" moment={endpoint.resting_until} />],
              ["Description", endpoint.description ?? <Nothing />],
              ["Made", <Exactly key="v" moment={endpoint.created_at} />],
            ]}
          />
        )}
      </Loaded>
      <Section title="Deliveries">
        <Filters filters={filters} />
        <List
          name="Deliveries"
          filters={values}
          read={(page, signal) =>
            client.listWebhookDeliveries({ endpoint_id: endpointId, ...page, ...(values as object) }, { signal })
          }
          columns={deliveryColumns(endpointId)}
          keyOf={(delivery) => String(delivery.delivery_id)}
          empty="Nothing was sent yet."
        />
      </Section>
    </>
  );
}

function deliveryColumns(endpointId: string): Column<WebhookDeliveryOut>[] {
  return [
    {
      title: "Type",
      cell: (delivery) => (
        <Link data-entry="" to={`/webhooks/${encodeURIComponent(endpointId)}/${delivery.delivery_id}`}>
          {delivery.type}
        </Link>
      ),
    },
    { title: "Status", cell: (delivery) => <Status of={delivery.status} /> },
    { title: "Attempts", isNumber: true, isExtra: true, cell: (delivery) => delivery.attempts },
    {
      title: "Last error",
      isExtra: true,
      cell: (delivery) => <span className="cut">{delivery.last_error ?? "–"}</span>,
    },
    { title: "Made", cell: (delivery) => <At moment={delivery.created_at} /> },
  ];
}

function EndpointActs({ endpoint, onDone }: { endpoint: WebhookEndpointOut; onDone: () => void }): ReactElement {
  const { endpoint_id } = endpoint;
  const replay = (isDry: boolean) => async (_: unknown, key: string) => {
    const wanted = { endpoint_id, status: "failed" as const, dry_run: isDry };
    const { deliveries } = await client.replayWebhookDeliveries(wanted, { idempotencyKey: key });
    return isDry ? `${deliveries} would be sent again.` : `${deliveries} are sent again.`;
  };
  return (
    <>
      {endpoint.status === "disabled" && (
        <Act
          label="Enable"
          title="Send to this endpoint again?"
          isAdmins
          perform={async (_, key) => {
            await client.enableWebhookEndpoint({ endpoint_id }, { idempotencyKey: key });
            return "Enabled.";
          }}
          onDone={onDone}
        />
      )}
      <Act
        label="Send failed ones again"
        title="Send what failed again?"
        perform={replay(false)}
        rehearse={{ label: "Count first", perform: replay(true) }}
        onDone={onDone}
      />
    </>
  );
}

interface Which {
  endpointId: string;
  deliveryId: string;
}

export function DeliveryPage({ endpointId, deliveryId }: Which): ReactElement {
  const query = useQuery(`delivery ${endpointId} ${deliveryId}`, (signal) =>
    client.readWebhookDelivery({ endpoint_id: endpointId, delivery_id: Number(deliveryId) || 0 }, { signal }),
  );
  const again = async (_: unknown, key: string) => {
    const wanted = { endpoint_id: endpointId, message_id: query.data?.message_id ?? "" };
    await client.replayWebhookDeliveries(wanted, { idempotencyKey: key });
    return "Sent again.";
  };
  return (
    <>
      <Heading
        title={query.data?.type ?? "Delivery"}
        actions={
          query.data && <Act label="Send again" title="Send this again?" perform={again} onDone={query.reload} />
        }
      >
        {query.data && <Id of={query.data.message_id} />}
      </Heading>
      <Loaded query={query}>{(delivery) => <Delivery delivery={delivery} />}</Loaded>
    </>
  );
}

function Delivery({ delivery }: { delivery: WebhookDeliveryOut }): ReactElement {
  const attempts = delivery.attempt_log ?? [];
  return (
    <>
      <Fields
        of={[
          ["Status", <Status key="v" of={delivery.status} />],
          ["Attempts", delivery.attempts],
          ["Next attempt", <Exactly key="v" moment={delivery.next_attempt_at} />],
          ["Last error", delivery.last_error ?? <Nothing />],
          ["Made", <Exactly key="v" moment={delivery.created_at} />],
          ["Ended", <Exactly key="v" moment={delivery.ended_at} />],
        ]}
      />
      <Section title="Attempts">
        {attempts.length > 0 ? (
          <Table
            caption="Attempts"
            rows={attempts}
            keyOf={(attempt) => attempt.attempted_at}
            columns={[
              { title: "When", cell: (attempt) => <At moment={attempt.attempted_at} /> },
              { title: "Status", isNumber: true, cell: (attempt) => attempt.status_code ?? "–" },
              { title: "Took", isNumber: true, cell: (attempt) => `${Math.round(attempt.duration_us / 1_000)} ms` },
              { title: "Error", isExtra: true, cell: (attempt) => attempt.error ?? <Nothing /> },
              {
                title: "Answer",
                isExtra: true,
                cell: (attempt) => <span className="cut">{attempt.answer ?? "–"}</span>,
              },
            ]}
          />
        ) : (
          <p className="empty">It was not sent yet.</p>
        )}
      </Section>
      {delivery.body && (
        <Section title="Body">
          <Raw of={delivery.body} label="The body as it was sent" />
        </Section>
      )}
    </>
  );
}

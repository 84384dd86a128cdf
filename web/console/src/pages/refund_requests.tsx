// Refunds that buyers and others ask for, and what is answered.

import type { RefundRequestOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { Act } from "../parts/act.js";
import { Fields, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List, Table } from "../parts/table.js";
import { At, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";

const columns: Column<RefundRequestOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (request) => (
      <Link data-entry="" to={`/refund-requests/${encodeURIComponent(request.request_id)}`}>
        <Money minor={request.amount_minor} currency={request.currency} />
      </Link>
    ),
  },
  { title: "Status", cell: (request) => <Status of={request.status} /> },
  { title: "User", cell: (request) => <UserLink id={request.user_id} /> },
  { title: "Reason", isExtra: true, cell: (request) => <span className="cut">{request.reason}</span> },
  { title: "Approvals needed", isExtra: true, isNumber: true, cell: (request) => request.approvals_needed },
  { title: "Asked", cell: (request) => <At moment={request.created_at} /> },
];

const filters: Filter[] = [
  { name: "status", label: "Status", options: ["waiting", "approved", "declined", "refunded", "failed"] },
  { name: "user_id", label: "User" },
];

export function RefundRequestsPage(): ReactElement {
  const values = useFilters(filters);
  return (
    <>
      <Heading title="Refund requests" />
      <Filters filters={filters} />
      <List
        name="Refund requests"
        filters={values}
        read={(page, signal) => client.listRefundRequests({ ...page, ...(values as object) }, { signal })}
        columns={columns}
        keyOf={(request) => request.request_id}
        empty="No request. What buyers ask back shows here to be decided."
      />
    </>
  );
}

export function RefundRequestPage({ requestId }: { requestId: string }): ReactElement {
  const query = useQuery(`request ${requestId}`, (signal) =>
    client.readRefundRequest({ request_id: requestId }, { signal }),
  );
  const isWaiting = query.data?.status === "waiting";
  return (
    <>
      <Heading title="Refund request" actions={isWaiting && <Decide requestId={requestId} onDone={query.reload} />}>
        <Id of={requestId} />
      </Heading>
      <Loaded query={query}>{(request) => <Request request={request} />}</Loaded>
    </>
  );
}

function Decide({ requestId, onDone }: { requestId: string; onDone: () => void }): ReactElement {
  return (
    <>
      <Act
        label="Decline"
        title="Decline this refund?"
        isDangerous
        asks={[{ name: "reason", label: "Reason, as the buyer reads it", isLong: true }]}
        perform={async ({ reason = "" }, key) => {
          await client.declineRefundRequest({ request_id: requestId, reason }, { idempotencyKey: key });
          return "Declined.";
        }}
        onDone={onDone}
      />
      <Act
        label="Approve"
        title="Approve this refund?"
        asks={[{ name: "note", label: "Note", isLong: true, isOptional: true }]}
        perform={async ({ note }, key) => {
          await client.approveRefundRequest({ request_id: requestId, note: note || null }, { idempotencyKey: key });
          return "Approved.";
        }}
        onDone={onDone}
      />
    </>
  );
}

function Request({ request }: { request: RefundRequestOut }): ReactElement {
  return (
    <>
      <Fields
        of={[
          ["Amount", <Money key="v" minor={request.amount_minor} currency={request.currency} />],
          ["Status", <Status key="v" of={request.status} />],
          ["User", <UserLink key="v" id={request.user_id} />],
          ["Purchase", <IdLink key="v" to="/purchases" id={request.purchase_id} whole />],
          ["Item", request.item_id],
          ["Reason", request.reason],
          ["Outside the policy", request.outside_policy ? say(request.outside_policy) : "No"],
          ["Approvals needed", request.approvals_needed],
          ["Asked by", request.requested_by ?? <Nothing />],
          ["Asked", <Exactly key="v" moment={request.created_at} />],
          ["Answer", request.answer ?? <Nothing />],
          ["Decided by", request.decided_by ?? <Nothing />],
          ["Decided", <Exactly key="v" moment={request.decided_at} />],
          ["Refund", <IdLink key="v" to="/refunds" id={request.refund_id} whole />],
        ]}
      />
      {request.approvals && request.approvals.length > 0 && (
        <Section title="Approvals">
          <Table
            caption="Approvals"
            rows={request.approvals}
            keyOf={(approval) => approval.approved_by}
            columns={[
              { title: "By", cell: (approval) => approval.approved_by },
              { title: "Note", cell: (approval) => approval.note ?? <Nothing /> },
              { title: "When", cell: (approval) => <At moment={approval.approved_at} /> },
            ]}
          />
        </Section>
      )}
    </>
  );
}

// Money that went back, or is asked back: refunds, disputes, warnings of fraud.

import type { DisputeOut, FraudWarningOut, RefundOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { say } from "../formats.js";
import { Fields, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List } from "../parts/table.js";
import { At, Exactly, Id, IdLink, Money, Nothing, Status, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { useSession } from "../session.js";
import { Heading } from "../shell.js";

export const refundColumns: Column<RefundOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (refund) => (
      <Link data-entry="" to={`/refunds/${encodeURIComponent(refund.refund_id)}`}>
        <Money minor={refund.amount_minor} currency={refund.currency} />
      </Link>
    ),
  },
  { title: "Status", cell: (refund) => <Status of={refund.status} /> },
  { title: "User", cell: (refund) => <UserLink id={refund.user_id} /> },
  { title: "Purchase", isExtra: true, cell: (refund) => <IdLink to="/purchases" id={refund.purchase_id} /> },
  { title: "Reason", isExtra: true, cell: (refund) => (refund.reason ? say(refund.reason) : <Nothing />) },
  { title: "Made", cell: (refund) => <At moment={refund.created_at} /> },
];

const REFUND_STATUSES = ["pending", "requires_action", "succeeded", "canceled", "failed"] as const;
const refundFilters: Filter[] = [
  { name: "status", label: "Status", options: REFUND_STATUSES },
  { name: "user_id", label: "User" },
];

export function RefundsPage(): ReactElement {
  const filters = useFilters(refundFilters);
  return (
    <>
      <Heading title="Refunds" />
      <Filters filters={refundFilters} />
      <List
        name="Refunds"
        filters={filters}
        read={(page, signal) => client.listRefunds({ ...page, ...(filters as object) }, { signal })}
        columns={refundColumns}
        keyOf={(refund) => refund.refund_id}
        empty="No refund yet. A refund is made from the page of its payment."
      />
    </>
  );
}

export function RefundPage({ refundId }: { refundId: string }): ReactElement {
  const query = useQuery(`refund ${refundId}`, (signal) => client.readRefund({ refund_id: refundId }, { signal }));
  return (
    <>
      <Heading title="Refund">
        <Id of={refundId} />
      </Heading>
      <Loaded query={query}>
        {(refund) => (
          <Fields
            of={[
              ["Amount", <Money key="v" minor={refund.amount_minor} currency={refund.currency} />],
              ["Status", <Status key="v" of={refund.status} />],
              ["User", <UserLink key="v" id={refund.user_id} />],
              ["Purchase", <IdLink key="v" to="/purchases" id={refund.purchase_id} whole />],
              ["Payment", <IdLink key="v" to="/payments" id={refund.payment_intent_id} whole />],
              ["Reason", refund.reason ? say(refund.reason) : <Nothing />],
              ["Note", refund.note ?? <Nothing />],
              ["Why it failed", refund.failure_reason ?? <Nothing />],
              ["Made", <Exactly key="v" moment={refund.created_at} />],
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

export const disputeColumns: Column<DisputeOut>[] = [
  {
    title: "Amount",
    isNumber: true,
    cell: (dispute) => (
      <Link data-entry="" to={`/disputes/${encodeURIComponent(dispute.dispute_id)}`}>
        <Money minor={dispute.amount_minor} currency={dispute.currency} />
      </Link>
    ),
  },
  { title: "Status", cell: (dispute) => <Status of={dispute.status} /> },
  { title: "User", isExtra: true, cell: (dispute) => <UserLink id={dispute.user_id} /> },
  { title: "Reason", isExtra: true, cell: (dispute) => (dispute.reason ? say(dispute.reason) : <Nothing />) },
  { title: "Evidence due", cell: (dispute) => <At moment={dispute.evidence_due_at} /> },
  { title: "Opened", isExtra: true, cell: (dispute) => <At moment={dispute.created_at} /> },
];

const DISPUTE_STATUSES = [
  "warning_needs_response",
  "warning_under_review",
  "warning_closed",
  "needs_response",
] as const;
const disputeFilters: Filter[] = [
  { name: "status", label: "Status", options: [...DISPUTE_STATUSES, "under_review", "lost", "won", "prevented"] },
  { name: "user_id", label: "User" },
];

export function DisputesPage(): ReactElement {
  const filters = useFilters(disputeFilters);
  return (
    <>
      <Heading title="Disputes" />
      <Filters filters={disputeFilters} />
      <List
        name="Disputes"
        filters={filters}
        read={(page, signal) => client.listDisputes({ ...page, ...(filters as object) }, { signal })}
        columns={disputeColumns}
        keyOf={(dispute) => dispute.dispute_id}
        empty="No dispute. What is disputed shows here with the day by which evidence is due."
      />
    </>
  );
}

export function DisputePage({ disputeId }: { disputeId: string }): ReactElement {
  const query = useQuery(`dispute ${disputeId}`, (signal) => client.readDispute({ dispute_id: disputeId }, { signal }));
  return (
    <>
      <Heading title="Dispute">
        <Id of={disputeId} />
      </Heading>
      <Loaded query={query}>
        {(dispute) => (
          <>
            <Fields
              of={[
                ["Amount", <Money key="v" minor={dispute.amount_minor} currency={dispute.currency} />],
                ["Status", <Status key="v" of={dispute.status} />],
                ["Taken back", <Money key="v" minor={dispute.reversed_minor} currency={dispute.currency} />],
                ["Reason", dispute.reason ? say(dispute.reason) : <Nothing />],
                ["Evidence due", <Exactly key="v" moment={dispute.evidence_due_at} />],
                ["User", <UserLink key="v" id={dispute.user_id} />],
                ["Purchase", <IdLink key="v" to="/purchases" id={dispute.purchase_id} whole />],
                ["Payment", <IdLink key="v" to="/payments" id={dispute.payment_intent_id} whole />],
                ["Opened", <Exactly key="v" moment={dispute.created_at} />],
              ]}
            />
            <Section title="Answering it">
              <Answering dispute={dispute} />
            </Section>
          </>
        )}
      </Loaded>
    </>
  );
}

/** Where a dispute is answered: Stripe takes evidence on its own pages, and paydesk follows what comes of it. */
function Answering({ dispute }: { dispute: DisputeOut }): ReactElement {
  const { stripe_dashboard } = useSession().session;
  const { dispute_id, payment_intent_id, status, evidence_due_at } = dispute;
  const isWaiting = status.endsWith("needs_response");
  return (
    <>
      {isWaiting && !evidence_due_at && <p>Stripe has not told until when evidence is taken.</p>}
      {stripe_dashboard ? (
        <p>
          {isWaiting ? "It is answered in Stripe’s dashboard: " : "What was answered is in Stripe’s dashboard: "}
          <a href={`${stripe_dashboard}/payments/${encodeURIComponent(payment_intent_id)}`} rel="noopener noreferrer">
            open the disputed payment at Stripe
          </a>
          . Its outcome shows here by itself.
        </p>
      ) : (
        <p>
          A sandbox stands in Stripe’s place here, so there is no dashboard: the dispute is answered in the sandbox,
          with <code>POST /v1/disputes/{dispute_id}</code>. Its outcome shows here by itself.
        </p>
      )}
    </>
  );
}

const warningColumns: Column<FraudWarningOut>[] = [
  { title: "Warning", cell: (warning) => <Id of={warning.warning_id} /> },
  { title: "Type", cell: (warning) => (warning.fraud_type ? say(warning.fraud_type) : <Nothing />) },
  { title: "User", cell: (warning) => <UserLink id={warning.user_id} /> },
  { title: "Purchase", cell: (warning) => <IdLink to="/purchases" id={warning.purchase_id} /> },
  { title: "Can be acted on", isExtra: true, cell: (warning) => (warning.is_actionable ? "Yes" : "No") },
  { title: "Came", isExtra: true, cell: (warning) => <At moment={warning.created_at} /> },
];

const warningFilters: Filter[] = [{ name: "user_id", label: "User" }];

export function FraudWarningsPage(): ReactElement {
  const filters = useFilters(warningFilters);
  return (
    <>
      <Heading title="Fraud warnings" />
      <Filters filters={warningFilters} />
      <List
        name="Fraud warnings"
        filters={filters}
        read={(page, signal) => client.listFraudWarnings({ ...page, ...(filters as object) }, { signal })}
        columns={warningColumns}
        keyOf={(warning) => warning.warning_id}
        empty="No warning. Card networks send them before a dispute."
      />
    </>
  );
}

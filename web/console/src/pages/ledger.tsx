// The ledger: every transfer, with what both sides of it held afterwards and the event behind it.

import type { LedgerLotPartOut, LedgerSideOut, LedgerTransferDetailOut, LedgerTransferOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { formatAmount, say } from "../formats.js";
import { Fields, Section } from "../parts/fields.js";
import { type Filter, Filters, useFilters } from "../parts/filters.js";
import { Loaded } from "../parts/states.js";
import { type Column, List, Table } from "../parts/table.js";
import { Amount, At, Count, Exactly, Id, IdLink, Nothing, UserLink } from "../parts/values.js";
import { useQuery } from "../query.js";
import { Link } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";

export const transferColumns: Column<LedgerTransferOut>[] = [
  {
    title: "What",
    cell: (transfer) => (
      <Link data-entry="" to={`/ledger/${transfer.position}`}>
        {say(transfer.code)}
      </Link>
    ),
  },
  { title: "Amount", isNumber: true, cell: ({ amount, unit }) => <Amount of={amount} unit={unit} /> },
  { title: "From", isExtra: true, cell: (transfer) => <code className="cut">{transfer.debit_account}</code> },
  { title: "To", isExtra: true, cell: (transfer) => <code className="cut">{transfer.credit_account}</code> },
  { title: "When", cell: (transfer) => <At moment={transfer.posted_at} /> },
];

const CREDITS =
  "grant spend add remove hold capture release expire claw_back claw_back_reversal reinstate repay move".split(" ");
const MONEY = "collect refund refund_reversal earn earn_reversal pay_out pay_out_reversal".split(" ");
const filters: Filter[] = [{ name: "code", label: "What", options: [...CREDITS, ...MONEY] }];

export function LedgerPage(): ReactElement {
  const values = useFilters(filters);
  return (
    <>
      <Heading title="Ledger">
        <p className="soft">Every movement of credits and money. Nothing here is ever changed.</p>
      </Heading>
      <Filters filters={filters} />
      <List
        name="Transfers"
        filters={values}
        read={(page, signal) =>
          client.listLedgerTransfers({ limit: page.limit, ...afterOf(page), ...(values as object) }, { signal })
        }
        columns={transferColumns}
        keyOf={(transfer) => String(transfer.position)}
        empty="No transfer. Each movement of credits and money shows here."
      />
    </>
  );
}

const afterOf = ({ after }: { after?: string }) => (after ? { after } : {});

export function TransferPage({ position }: { position: string }): ReactElement {
  const query = useQuery(`transfer ${position}`, (signal) =>
    client.readLedgerTransfer({ position: Number(position) || 0 }, { signal }),
  );
  return (
    <>
      <Heading title={query.data ? say(query.data.code) : "Transfer"}>
        {query.data && <Id of={query.data.transfer_id} />}
      </Heading>
      <Loaded query={query}>{(transfer) => <Transfer of={transfer} />}</Loaded>
    </>
  );
}

function Transfer({ of: transfer }: { of: LedgerTransferDetailOut }): ReactElement {
  const sides: Side[] = [
    { name: "From", unit: transfer.unit, change: -transfer.amount, ...transfer.debit },
    { name: "To", unit: transfer.unit, change: transfer.amount, ...transfer.credit },
  ];
  const parts = sides.flatMap((side) => side.lots.map((lot) => ({ ...lot, side: side.name })));
  return (
    <>
      <Fields
        of={[
          ["Amount", <Amount key="v" of={transfer.amount} unit={transfer.unit} />],
          ["When", <Exactly key="v" moment={transfer.posted_at} />],
          ["Place in the books", <Count key="v" of={transfer.position} />],
          ["Reason", transfer.memo ?? <Nothing />],
          ["Made by", transfer.made_by ? <Id key="v" of={transfer.made_by} /> : <Nothing />],
          ["Event", <IdLink key="v" to="/events" id={transfer.stripe_event_id} whole />],
          ["Business key", transfer.business_key ? <Id key="v" of={transfer.business_key} /> : <Nothing />],
        ]}
      />
      <Section title="Both sides">
        <Table caption="Both sides" rows={sides} keyOf={(side) => side.name} columns={sideColumns} />
      </Section>
      {parts.length > 0 && (
        <Section title="Lots">
          <Table caption="Lots" rows={parts} keyOf={(part) => `${part.side} ${part.number}`} columns={partColumns} />
        </Section>
      )}
    </>
  );
}

interface Side extends LedgerSideOut {
  name: string;
  unit: string;
  change: number;
}

const sideColumns: Column<Side>[] = [
  { title: "Side", cell: (side) => side.name },
  { title: "Account", cell: (side) => <code>{side.account}</code> },
  { title: "User", isExtra: true, cell: (side) => <UserLink id={side.user_id} /> },
  {
    title: "Change",
    isNumber: true,
    cell: ({ change, unit }) => `${change > 0 ? "+" : ""}${formatAmount(change, unit)}`,
  },
  {
    title: "Afterwards",
    isNumber: true,
    isExtra: true,
    cell: ({ balance, unit }) => (typeof balance === "number" ? <Amount of={balance} unit={unit} /> : <Nothing />),
  },
];

const partColumns: Column<LedgerLotPartOut & { side: string }>[] = [
  { title: "Lot", cell: (part) => part.number },
  { title: "Side", cell: (part) => (part.side === "From" ? "Drawn from" : "Made or filled") },
  { title: "Credits", isNumber: true, cell: (part) => <Count of={part.amount} /> },
  { title: "Priority", isNumber: true, isExtra: true, cell: (part) => part.priority },
  { title: "Ends", isExtra: true, cell: (part) => <Exactly moment={part.expires_at} /> },
];

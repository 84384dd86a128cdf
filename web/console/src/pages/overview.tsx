// How the business stands: what came and went, what recurs, what failed, and what waits for somebody.

import type { DashboardOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { formatBasisPoints, formatCount, formatMoney } from "../formats.js";
import { Section } from "../parts/fields.js";
import { Plot } from "../parts/plot.js";
import { Failure, Waiting } from "../parts/states.js";
import { Tile, Tiles } from "../parts/tiles.js";
import { useQuery } from "../query.js";
import { addressOf, Link, usePlace } from "../router.js";
import { client } from "../server.js";
import { Heading } from "../shell.js";
import { daysOf, SPANS, spanOf } from "../spans.js";
import { Cohorts } from "./cohorts.js";

export function OverviewPage(): ReactElement {
  const { path, query: parameters } = usePlace();
  const span = spanOf(parameters.get("days"));
  const currency = parameters.get("currency") ?? undefined;
  const wanted = { ...daysOf(span, new Date()), ...(currency ? { currency } : {}) };
  const query = useQuery(`dashboard ${span} ${currency}`, (signal) => client.readDashboard(wanted, { signal }));
  const spans = (
    <>
      {query.data && <Currencies board={query.data} days={parameters.get("days") ?? undefined} />}
      <nav className="spans" aria-label="Time range">
        {SPANS.map((one) => (
          <Link
            key={one}
            to={addressOf(path, { days: one, currency })}
            aria-current={one === span ? "true" : undefined}
          >
            {one === "365" ? "1 year" : `${one} days`}
          </Link>
        ))}
      </nav>
    </>
  );
  return (
    <>
      <Heading title="Overview" actions={spans}>
        <p className="soft">Days are UTC. Money and credits are up to about a minute behind.</p>
      </Heading>
      <Failure error={query.error} retry={query.reload} />
      {query.data ? <Figures board={query.data} /> : query.isLoading && <Waiting />}
    </>
  );
}

/** The other currencies that there are figures in: amounts of two never add up, so each has a page of its own. */
function Currencies({ board, days }: { board: DashboardOut; days: string | undefined }): ReactElement | null {
  const { path } = usePlace();
  const all = new Set([...board.currencies, board.currency]);
  if (all.size === 1) return null;
  return (
    <nav className="spans" aria-label="Currency">
      {[...all].sort().map((one) => (
        <Link
          key={one}
          to={addressOf(path, { days, currency: one })}
          aria-current={one === board.currency ? "true" : undefined}
        >
          {one.toUpperCase()}
        </Link>
      ))}
    </nav>
  );
}

/** Below the line; nothing stays nothing. */
const less = (value: number) => (value === 0 ? 0 : -value);

function Figures({ board }: { board: DashboardOut }): ReactElement {
  return (
    <>
      <Attention board={board} />
      <Totals board={board} />
      <div className="plots">
        <MoneyPlots board={board} />
        <CountPlots board={board} />
      </div>
      {board.cohorts.some((cohort) => cohort.subscribers > 0) && (
        <Section title="Subscribers by the month in which they began">
          <Cohorts cohorts={board.cohorts} />
        </Section>
      )}
    </>
  );
}

/** So many of something, in words, and where they are listed. */
function count(number: number | undefined, one: string, many: string, to: string) {
  return { number: number ?? 0, what: number === 1 ? one : many, to };
}

/** What somebody should look at; nothing where all is well. */
function Attention({ board }: { board: DashboardOut }): ReactElement | null {
  const requests = useQuery("overview requests", (signal) =>
    client.listRefundRequests({ status: "waiting", limit: 100 }, { signal }),
  );
  const disputes = useQuery("overview disputes", (signal) =>
    client.listDisputes({ status: "needs_response", limit: 100 }, { signal }),
  );
  const { dead, retrying } = board.webhooks;
  const due = [
    count(
      requests.data?.data.length,
      "refund is asked for",
      "refunds are asked for",
      "/refund-requests?status=waiting",
    ),
    count(
      disputes.data?.data.length,
      "dispute needs an answer",
      "disputes need an answer",
      "/disputes?status=needs_response",
    ),
    count(dead, "event is dead", "events are dead", "/events?status=dead"),
    count(retrying, "event is tried again", "events are tried again", "/events?status=retrying"),
  ];
  const open = due.filter(({ number }) => number > 0);
  if (open.length === 0) return null;
  return (
    <ul className="attention" aria-label="What waits for somebody">
      {open.map(({ number, what, to }) => (
        <li key={to}>
          <Link to={to}>
            <b className="number">{formatCount(number)}</b> {what}
          </Link>
        </li>
      ))}
    </ul>
  );
}

interface BoardProps {
  board: DashboardOut;
}

function Totals({ board }: BoardProps): ReactElement {
  const money = (minor: number) => formatMoney(minor, board.currency);
  const { revenue, mrr, subscribers, failed_payments, credits } = board.totals;
  // A share is one of what there was when the time began; a young shop had nothing then.
  const churned = typeof mrr.churn_bp === "number" ? formatBasisPoints(mrr.churn_bp) : money(mrr.churn_minor);
  return (
    <Tiles>
      <Tile label="Net revenue" note={`${money(revenue.gross_minor)} of ${formatCount(revenue.payments)} payments`}>
        {money(revenue.net_minor)}
      </Tile>
      <Tile label="Recurring each month" note={`${churned} churned`}>
        {money(mrr.end_minor)}
      </Tile>
      <Tile label="Subscribers" note={`${formatCount(subscribers.new)} new, ${formatCount(subscribers.churned)} gone`}>
        {formatCount(subscribers.end)}
      </Tile>
      <Tile label="Given back" note={`${money(revenue.fees_minor)} of fees`}>
        {money(revenue.reversed_minor)}
      </Tile>
      <Tile label="Failed payments" note={`${formatCount(failed_payments.recovered)} paid later`}>
        {formatCount(failed_payments.failed)}
      </Tile>
      <Tile label="Credits owed" note={`${formatCount(credits.used)} used`}>
        {formatCount(credits.liability)}
      </Tile>
      <Tile label="Past due" note="subscriptions now">
        {formatCount(board.past_due_subscriptions)}
      </Tile>
      <Tile label="Webhooks" note={`${formatCount(board.webhooks.waiting)} waiting`}>
        {board.webhooks.lag_seconds === 0 ? "On time" : `${formatCount(board.webhooks.lag_seconds)} s behind`}
      </Tile>
    </Tiles>
  );
}

function MoneyPlots({ board: { series, currency } }: BoardProps): ReactElement {
  const labels = series.map((point) => point.start);
  return (
    <>
      <Plot
        title="Revenue"
        kind="bars"
        labels={labels}
        currency={currency}
        series={[
          { label: "Gross", colour: 1, values: series.map(({ revenue }) => revenue.gross_minor) },
          { label: "Given back", colour: 2, values: series.map(({ revenue }) => less(revenue.reversed_minor)) },
          { label: "Fees", colour: 3, values: series.map(({ revenue }) => less(revenue.fees_minor)) },
        ]}
      />
      <Plot
        title="Recurring each month"
        kind="line"
        labels={labels}
        currency={currency}
        series={[{ label: "MRR", colour: 1, values: series.map(({ mrr }) => mrr.end_minor) }]}
      />
      <Plot
        title="What moved it"
        kind="bars"
        labels={labels}
        currency={currency}
        series={[
          { label: "New", colour: 1, values: series.map(({ mrr }) => mrr.new_minor) },
          { label: "Expansion", colour: 4, values: series.map(({ mrr }) => mrr.expansion_minor) },
          { label: "Reactivation", colour: 5, values: series.map(({ mrr }) => mrr.reactivation_minor) },
          { label: "Contraction", colour: 3, values: series.map(({ mrr }) => less(mrr.contraction_minor)) },
          { label: "Churn", colour: 2, values: series.map(({ mrr }) => less(mrr.churn_minor)) },
        ]}
      />
    </>
  );
}

function CountPlots({ board: { series } }: BoardProps): ReactElement {
  const labels = series.map((point) => point.start);
  return (
    <>
      <Plot
        title="Failed payments"
        kind="bars"
        labels={labels}
        series={[
          { label: "Paid later", colour: 4, values: series.map(({ failed_payments: one }) => one.recovered) },
          { label: "Lost", colour: 2, values: series.map(({ failed_payments: one }) => one.failed - one.recovered) },
        ]}
      />
      <Plot
        title="Credits owed"
        kind="line"
        labels={labels}
        series={[{ label: "Credits", colour: 1, values: series.map(({ credits }) => credits.liability) }]}
      />
      <Plot
        title="Events from Stripe"
        kind="bars"
        labels={labels}
        series={[
          { label: "Handled", colour: 1, values: series.map(({ events }) => events.received - events.dead) },
          { label: "Dead", colour: 2, values: series.map(({ events }) => events.dead) },
        ]}
      />
    </>
  );
}

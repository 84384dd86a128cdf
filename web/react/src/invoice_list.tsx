import type { InvoiceOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { formatDate, formatMoney } from "./formats.js";
import { classes, Empty, Failure, Loading, More, WebLink } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { useInvoices } from "./subscription.js";

/** The invoices of the user's subscriptions, newest first, with Stripe's page and file of each. */
export function InvoiceList({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const invoices = useInvoices();
  const state = invoices.data?.data.length === 0 ? "empty" : invoices.status;
  return (
    <div className={classes("pd-invoices", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noInvoices}</Empty>}
      {invoices.data && invoices.data.data.length > 0 && (
        <ul className="pd-rows">
          {invoices.data.data.map((invoice) => (
            <Invoice key={invoice.invoice_id} invoice={invoice} />
          ))}
        </ul>
      )}
      <More list={invoices} />
      {invoices.status === "error" && <Failure error={invoices.error} retry={invoices.refresh} />}
    </div>
  );
}

function Invoice({ invoice }: { invoice: InvoiceOut }): ReactElement {
  const { words, locale } = usePaydesk();
  const { number, invoice_id, status, total_minor, currency, created_at, hosted_invoice_url, invoice_pdf } = invoice;
  const name = words.invoice(number ?? invoice_id);
  return (
    <li data-invoice={invoice_id} data-status={status}>
      <span>
        <time dateTime={created_at}>{formatDate(created_at, locale)}</time>{" "}
        {hosted_invoice_url ? <WebLink href={hosted_invoice_url}>{name}</WebLink> : name}{" "}
        {invoice_pdf && (
          <WebLink href={invoice_pdf} label={`PDF ${name}`}>
            PDF
          </WebLink>
        )}
      </span>
      <span>
        <span className="pd-status">{words.invoiceStatus[status] ?? status}</span>{" "}
        <span className="pd-price">{formatMoney(total_minor, currency, locale)}</span>
      </span>
    </li>
  );
}

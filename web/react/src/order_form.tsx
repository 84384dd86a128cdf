import { type FieldOut, isProblem } from "@paydesk/client";
import { type FormEvent, type ReactElement, useId } from "react";

import { useOffered, useProducts } from "./credits.js";
import { formatMoney } from "./formats.js";
import { usePlaceOrder } from "./orders.js";
import { Button, classes, Empty, Failure, Loading, sayError } from "./parts.js";
import { usePaydesk } from "./provider.js";

export interface OrderFormProps {
  /** The package of the catalogue that is ordered. */
  packageId: string;
  className?: string;
}

/** Asks for what a package needs to know, makes the order and leads to its checkout. */
export function OrderForm({ packageId, className }: OrderFormProps): ReactElement {
  const { words, locale } = usePaydesk();
  const products = useProducts();
  const place = usePlaceOrder();
  const offer = products.data?.data.find(({ id, kind }) => id === packageId && kind === "order");
  const currency = useOffered(offer?.prices);
  const state = products.status === "ready" && !offer ? "empty" : products.status;
  const blamed = isProblem(place.error) ? place.error.field : undefined;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = [...new FormData(event.currentTarget)].filter(([, text]) => text !== "");
    void place.run({ package_id: packageId, fields: Object.fromEntries(entered) });
  };
  return (
    <div className={classes("pd-order-form", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.notForSale}</Empty>}
      {offer && (
        <form onSubmit={submit} aria-label={offer.name}>
          {offer.fields.map((field) => (
            <Field key={field.name} field={field} error={blamed === `fields.${field.name}` ? place.error : undefined} />
          ))}
          <Button type="submit" kind="primary" isPending={place.status === "pending" || place.status === "done"}>
            {words.orderAndPay(currency ? formatMoney(offer.prices[currency] ?? 0, currency, locale) : "")}
          </Button>
        </form>
      )}
      {!blamed?.startsWith("fields.") && <Failure error={place.error} />}
      {products.status === "error" && <Failure error={products.error} retry={products.refresh} />}
    </div>
  );
}

/** One thing that the package asks for, with what the server had to say about it. */
function Field({ field, error }: { field: FieldOut; error: unknown }): ReactElement {
  const { words } = usePaydesk();
  const id = useId();
  const errorId = `${id}-error`;
  const common = {
    id,
    name: field.name,
    required: field.required,
    ...(error !== undefined && { "aria-invalid": true, "aria-describedby": errorId }),
  };
  return (
    <div className="pd-field">
      <label htmlFor={id}>
        {field.label} {!field.required && <span className="pd-note">({words.optional})</span>}
      </label>
      {field.kind === "long_text" ? (
        <textarea rows={4} maxLength={5000} {...common} />
      ) : (
        <input type={field.kind === "url" ? "url" : "text"} {...common} />
      )}
      {error !== undefined && (
        <p id={errorId} className="pd-field-error" role="alert">
          {sayError(error, words)}
        </p>
      )}
    </div>
  );
}

import type { OrderOut } from "@paydesk/client";
import { type ReactElement, useState } from "react";

import { useProducts } from "./credits.js";
import { formatDate, formatMoney } from "./formats.js";
import { type UseOrders, useOrders } from "./orders.js";
import { Button, classes, Empty, Failure, Loading, More, Question, Said, WebLink } from "./parts.js";
import { usePaydesk } from "./provider.js";

/** The user's orders: where each stands, what was delivered, and what they may do about it. */
export function OrderList({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const orders = useOrders();
  const names = useProducts().data?.data;
  const [cancelling, askAbout] = useState<OrderOut>();
  const [said, say] = useState("");
  const nameOf = (order: OrderOut) => names?.find(({ id }) => id === order.package_id)?.name ?? order.package_id;
  const state = orders.data?.data.length === 0 ? "empty" : orders.status;
  return (
    <div className={classes("pd-orders", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noOrders}</Empty>}
      {orders.data && (
        <ul>
          {orders.data.data.map((order) => (
            <Order key={order.order_id} order={order} name={nameOf(order)} orders={orders} onCancel={askAbout} />
          ))}
        </ul>
      )}
      <More list={orders} />
      <Said>{said}</Said>
      <Failure error={orders.pay.error} />
      {orders.status === "error" && <Failure error={orders.error} retry={orders.refresh} />}
      {cancelling && (
        <Question
          title={words.cancelOrderTitle(nameOf(cancelling))}
          confirm={words.cancelOrder}
          keep={words.keepOrder}
          isDangerous
          isPending={orders.cancel.status === "pending"}
          error={orders.cancel.error}
          onClose={() => {
            orders.cancel.reset();
            askAbout(undefined);
          }}
          onConfirm={async () => {
            if (!(await orders.cancel.run(cancelling.order_id))) return;
            askAbout(undefined);
            say(words.orderCancelled);
          }}
        >
          <p>{words.cancelOrderText}</p>
        </Question>
      )}
    </div>
  );
}

interface OrderProps {
  order: OrderOut;
  name: string;
  orders: UseOrders;
  onCancel: (order: OrderOut) => void;
}

function Order({ order, name, orders, onCancel }: OrderProps): ReactElement {
  const { words, locale } = usePaydesk();
  const { refunded_minor, currency } = order;
  const isUnpaid = order.status === "draft" || order.status === "awaiting_payment";
  const isLeaving = orders.pay.status === "pending" || orders.pay.status === "done";
  return (
    <li className="pd-card pd-order" data-order={order.order_id} data-status={order.status}>
      <p>
        <strong className="pd-name">{name}</strong>{" "}
        <time dateTime={order.created_at}>{formatDate(order.created_at, locale)}</time>{" "}
        <span className="pd-status">{words.orderStatus[order.status]}</span>
        {refunded_minor > 0 && currency && (
          <span className="pd-note"> {words.givenBack(formatMoney(refunded_minor, currency, locale))}</span>
        )}
      </p>
      {order.delivery && <Delivery delivery={order.delivery} />}
      {(isUnpaid || order.status === "paid") && (
        <p className="pd-actions">
          {isUnpaid && (
            <Button
              aria-label={words.payFor(name)}
              isPending={isLeaving}
              onClick={() => orders.pay.run(order.order_id)}
            >
              {words.pay}
            </Button>
          )}
          <Button aria-label={words.cancelOrderTitle(name)} onClick={() => onCancel(order)}>
            {words.cancelOrder}
          </Button>
        </p>
      )}
    </li>
  );
}

function Delivery({ delivery }: { delivery: NonNullable<OrderOut["delivery"]> }): ReactElement {
  const { words } = usePaydesk();
  return (
    <section aria-label={words.delivery}>
      {delivery.note && <p>{delivery.note}</p>}
      <ul>
        {delivery.links.map((link) => (
          <li key={link}>
            <WebLink href={link}>{link}</WebLink>
          </li>
        ))}
      </ul>
    </section>
  );
}

import type { ProductOut, TopUpOut } from "@paydesk/client";
import { type FormEvent, type ReactElement, useId, useState } from "react";

import { useOffered, useProducts } from "./credits.js";
import { formatMoney, formatNumber } from "./formats.js";
import { Button, classes, Empty, Failure, Loading, Said } from "./parts.js";
import { usePaydesk } from "./provider.js";
import { type TopUpInput, type UseTopUp, useTopUp } from "./top_up.js";

/** What the user wants when their credits run low: to be told, to have a pack bought with a saved payment method, or both. */
export function TopUpSettings({ className }: { className?: string }): ReactElement {
  const { words } = usePaydesk();
  const topUp = useTopUp();
  const products = useProducts();
  const [said, say] = useState("");
  const packs = products.data?.data.filter(({ kind }) => kind === "credit_pack");
  const isEmpty = topUp.status === "ready" && packs?.length === 0;
  const state = isEmpty ? "empty" : topUp.status === "ready" ? products.status : topUp.status;
  return (
    <div className={classes("pd-top-up", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {isEmpty && <Empty>{words.notForSale}</Empty>}
      {topUp.data && packs && packs.length > 0 && (
        <>
          <Standing topUp={topUp} />
          <Wishes key={JSON.stringify(wishesIn(topUp.data))} topUp={topUp} packs={packs} say={say} />
        </>
      )}
      <Said>{said}</Said>
      <Failure error={topUp.save.error ?? topUp.turnOff.error ?? topUp.saveMethod.error} />
      {topUp.status === "error" && <Failure error={topUp.error} retry={topUp.refresh} />}
      {products.status === "error" && <Failure error={products.error} retry={products.refresh} />}
    </div>
  );
}

/** What the form shows; it begins anew when somebody else has changed it. */
function wishesIn({ low_balance_notice_below, below, item_id, quantity }: TopUpOut): unknown[] {
  return [low_balance_notice_below, below, item_id, quantity];
}

/** Whether credits would be bought, for how much, and what is in the way. */
function Standing({ topUp }: { topUp: UseTopUp }): ReactElement | null {
  const { words, locale } = usePaydesk();
  if (!topUp.data) return null;
  const { state, amount_minor, currency } = topUp.data;
  const needsMethod = state === "needs_payment_method" || state === "stopped";
  const isLeaving = topUp.saveMethod.status === "pending" || topUp.saveMethod.status === "done";
  return (
    <div className="pd-card" data-top-up={state}>
      <p>
        <span className="pd-status">{words.topUpState[state]}</span>
      </p>
      {amount_minor != null && currency != null && (
        <p className="pd-note">{words.topUpCosts(formatMoney(amount_minor, currency, locale))}</p>
      )}
      {needsMethod && (
        <p className="pd-actions">
          <Button kind="primary" isPending={isLeaving} onClick={() => topUp.saveMethod.run()}>
            {words.saveMethod}
          </Button>
        </p>
      )}
    </div>
  );
}

interface WishesProps {
  topUp: UseTopUp;
  packs: ProductOut[];
  say: (text: string) => void;
}

function Wishes({ topUp, packs, say }: WishesProps): ReactElement {
  const { words } = usePaydesk();
  const ids = useId();
  const wanted = topUp.data;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (await topUp.save.run(readWishes(new FormData(event.currentTarget), wanted))) say(words.topUpSaved);
  };
  return (
    <form onSubmit={submit} className="pd-form" aria-label={words.topUp}>
      <Amount id={`${ids}-notice`} name="notice" label={words.noticeBelow} value={wanted?.low_balance_notice_below} />
      <Amount id={`${ids}-below`} name="below" label={words.buyBelow} value={wanted?.below} />
      <div className="pd-field">
        <label htmlFor={`${ids}-item`}>{words.whatToBuy}</label>
        <select id={`${ids}-item`} name="item" defaultValue={wanted?.item_id ?? packs[0]?.id}>
          {packs.map((pack) => (
            <Pack key={pack.id} pack={pack} />
          ))}
        </select>
      </div>
      <p className="pd-actions">
        <Button type="submit" kind="primary" isPending={topUp.save.status === "pending"}>
          {words.save}
        </Button>
        {wanted?.state !== "off" && (
          <Button isPending={topUp.turnOff.status === "pending"} onClick={() => topUp.turnOff.run()}>
            {words.turnOff}
          </Button>
        )}
      </p>
    </form>
  );
}

/** What was entered; a purchase is wanted where it is said below what. How many packs is not asked here, and stays. */
function readWishes(entered: FormData, before: TopUpOut | undefined): TopUpInput {
  const number = (name: string) => (entered.get(name) ? Number(entered.get(name)) : null);
  const below = number("below");
  const item = String(entered.get("item"));
  const quantity = before?.item_id === item && before.quantity ? { quantity: before.quantity } : {};
  const purchase = below === null ? {} : { below, item_id: item, ...quantity };
  return { low_balance_notice_below: number("notice"), ...purchase };
}

interface AmountProps {
  id: string;
  name: string;
  label: string;
  value: number | null | undefined;
}

function Amount({ id, name, label, value }: AmountProps): ReactElement {
  const { words } = usePaydesk();
  return (
    <div className="pd-field">
      <label htmlFor={id}>
        {label} <span className="pd-note">({words.optional})</span>
      </label>
      <input id={id} name={name} type="number" min={1} step={1} inputMode="numeric" defaultValue={value ?? ""} />
    </div>
  );
}

function Pack({ pack }: { pack: ProductOut }): ReactElement {
  const { locale, words } = usePaydesk();
  const currency = useOffered(pack.prices);
  const price = currency === undefined ? undefined : pack.prices[currency];
  const credits = words.amountOfCredits(formatNumber(pack.credits ?? 0, locale));
  const offer =
    price === undefined || currency === undefined ? credits : `${credits}, ${formatMoney(price, currency, locale)}`;
  return (
    <option value={pack.id}>
      {pack.name}: {offer}
    </option>
  );
}

import type { ProductOut } from "@paydesk/client";
import { type ReactElement, useId, useState } from "react";

import { useOffered } from "./credits.js";
import { formatDate, formatNumber } from "./formats.js";
import { Button, classes, Empty, Failure, Loading, Question, Said } from "./parts.js";
import { PlanChange } from "./plan_change.js";
import { usePaydesk } from "./provider.js";
import { Price } from "./purchase_button.js";
import { type UseSubscription, useSubscription } from "./subscription.js";

export interface SubscriptionManagerProps {
  /** The group of plans; `main` is the group of plans that name none. */
  group?: string;
  /** Where Stripe's portal leads back to, within your origins. */
  returnUrl?: string;
  className?: string;
}

/** What the user has in a group of plans, and the plans: subscribe, change with a preview, cancel, keep after all. */
export function SubscriptionManager({ group = "main", returnUrl, className }: SubscriptionManagerProps): ReactElement {
  const { words } = usePaydesk();
  const here = useSubscription(group);
  const [said, say] = useState("");
  const [changingTo, changeTo] = useState<ProductOut>();
  const state = here.status === "ready" && here.data.plans.length === 0 ? "empty" : here.status;
  return (
    <div className={classes("pd-subscription", className)} data-state={state}>
      {state === "loading" && <Loading />}
      {state === "empty" && <Empty>{words.noPlans}</Empty>}
      {here.data?.subscription && <Current here={here} returnUrl={returnUrl} say={say} />}
      <Said>{said}</Said>
      {here.data && here.data.plans.length > 0 && <Plans here={here} onChange={changeTo} />}
      {changingTo && (
        <PlanChange
          here={here}
          to={changingTo}
          onClose={(changed) => {
            changeTo(undefined);
            if (changed) say(words.planChanged(changingTo.name));
          }}
        />
      )}
      {here.status === "error" && <Failure error={here.error} retry={here.refresh} />}
    </div>
  );
}

interface CurrentProps {
  here: UseSubscription;
  returnUrl: string | undefined;
  say: (text: string) => void;
}

/** The subscription there is: where it stands, and its end. */
function Current({ here, returnUrl, say }: CurrentProps): ReactElement {
  const { words } = usePaydesk();
  const [isAsking, ask] = useState(false);
  const { subscription } = here.data ?? {};
  const canResume = subscription?.cancel_scheduled || subscription?.status === "paused";
  const resume = async () => {
    if (await here.resume.run()) say(words.planResumed);
  };
  return (
    <section className="pd-card pd-current" aria-label={words.currentPlan} data-status={subscription?.status}>
      <p>
        <strong className="pd-name">{planName(here)}</strong> <span className="pd-status">{useStanding(here)}</span>
      </p>
      <p className="pd-actions">
        {canResume ? (
          <Button isPending={here.resume.status === "pending"} onClick={resume}>
            {words.resumePlan}
          </Button>
        ) : (
          <Button onClick={() => ask(true)}>{words.cancelPlan}</Button>
        )}
        <Button isPending={here.openPortal.status === "pending"} onClick={() => here.openPortal.run(returnUrl)}>
          {words.manageBilling}
        </Button>
      </p>
      <Failure error={here.resume.error ?? here.openPortal.error} />
      {isAsking && (
        <Cancellation
          here={here}
          onClose={(cancelled) => {
            ask(false);
            if (cancelled) say(words.planCancelled);
          }}
        />
      )}
    </section>
  );
}

function Cancellation({ here, onClose }: { here: UseSubscription; onClose: (cancelled: boolean) => void }) {
  const { words, locale } = usePaydesk();
  const periodEnd = here.data?.subscription?.period_end;
  const { cancel } = here;
  return (
    <Question
      title={words.cancelPlanTitle(planName(here))}
      confirm={words.cancelPlan}
      keep={words.keepPlan}
      isDangerous
      isPending={cancel.status === "pending"}
      error={cancel.error}
      onConfirm={async () => {
        if (await cancel.run()) onClose(true);
      }}
      onClose={() => {
        cancel.reset();
        onClose(false);
      }}
    >
      {periodEnd && <p>{words.cancelPlanText(formatDate(periodEnd, locale))}</p>}
    </Question>
  );
}

function planName(here: UseSubscription): string {
  return here.data?.plan?.name ?? here.data?.subscription?.plan_id ?? "";
}

/** How the subscription stands, in a sentence. */
function useStanding(here: UseSubscription): string {
  const { words, locale } = usePaydesk();
  const { status, access, until, cancel_at, period_end } = here.data?.subscription ?? {};
  const on = (moment: string | null | undefined) => (moment ? formatDate(moment, locale) : "");
  if (status === "incomplete") return words.standing.incomplete("");
  if (status === "paused") return words.standing.paused("");
  if (status === "past_due" || status === "unpaid") {
    return access ? words.standing.grace(on(until)) : words.standing.overdue("");
  }
  if (cancel_at) return words.standing.ends(on(cancel_at));
  return status === "trialing" ? words.standing.trial(on(period_end)) : words.standing.active(on(period_end));
}

/** What can be subscribed to, or changed to. */
function Plans({ here, onChange }: { here: UseSubscription; onChange: (plan: ProductOut) => void }): ReactElement {
  const current = here.data?.subscription;
  return (
    <>
      <ul className="pd-plans">
        {here.data?.plans.map((plan) => (
          <Plan key={plan.id} plan={plan} isCurrent={plan.id === current?.plan_id} here={here} onChange={onChange} />
        ))}
      </ul>
      <Failure error={here.subscribe.error} />
    </>
  );
}

interface PlanProps {
  plan: ProductOut;
  isCurrent: boolean;
  here: UseSubscription;
  onChange: (plan: ProductOut) => void;
}

function Plan({ plan, isCurrent, here, onChange }: PlanProps): ReactElement {
  const { words } = usePaydesk();
  const nameId = useId();
  const { subscribe } = here;
  const hasOne = Boolean(here.data?.subscription);
  const isLeaving = subscribe.status === "pending" || subscribe.status === "done";
  return (
    <li className="pd-card pd-plan" data-plan={plan.id} data-current={isCurrent || undefined}>
      <h3 id={nameId} className="pd-name">
        {plan.name}
      </h3>
      <Terms plan={plan} />
      {isCurrent && <p className="pd-badge">{words.currentPlan}</p>}
      {!isCurrent && hasOne && (
        <Button aria-label={words.changeTo(plan.name)} onClick={() => onChange(plan)}>
          {words.changePlan}
        </Button>
      )}
      {!hasOne && (
        <Button
          kind="primary"
          aria-label={words.subscribeTo(plan.name)}
          isPending={isLeaving}
          onClick={() => subscribe.run(plan.id)}
        >
          {words.subscribe}
        </Button>
      )}
    </li>
  );
}

/** What a plan costs and gives. */
function Terms({ plan: { plan, prices, description } }: { plan: ProductOut }): ReactElement | null {
  const { words, locale } = usePaydesk();
  const currency = useOffered(prices);
  const price = currency === undefined ? undefined : prices[currency];
  if (!plan) return null;
  return (
    <>
      {description && <p>{description}</p>}
      {currency !== undefined && price !== undefined && (
        <p>
          <Price minor={price} currency={currency} /> {words.every[plan.interval](plan.interval_count)}
        </p>
      )}
      {plan.credits && <p>{words.creditsEveryCycle(formatNumber(plan.credits.amount, locale))}</p>}
      {plan.trial_days > 0 && <p>{words.freeFor(plan.trial_days)}</p>}
    </>
  );
}

import type { PreviewOut, ProductOut } from "@paydesk/client";
import { type ReactElement, useEffect } from "react";

import { formatMoney } from "./formats.js";
import { Loading, Question } from "./parts.js";
import { usePaydesk } from "./provider.js";
import type { UseSubscription } from "./subscription.js";

export interface PlanChangeProps {
  here: UseSubscription;
  to: ProductOut;
  onClose: (changed: boolean) => void;
}

/** Shows what the change costs at once, and makes it for exactly that. */
export function PlanChange({ here, to, onClose }: PlanChangeProps): ReactElement {
  const { words } = usePaydesk();
  const { preview, change } = here;
  const { run } = preview;
  useEffect(() => void run(to.id), [run, to.id]);
  const leave = (changed: boolean) => {
    preview.reset();
    change.reset();
    onClose(changed);
  };
  return (
    <Question
      title={words.changeTo(to.name)}
      confirm={words.confirmChange}
      keep={words.keepPlan}
      isPending={change.status === "pending"}
      isReady={preview.status === "done"}
      error={change.error ?? preview.error}
      onClose={() => leave(false)}
      onConfirm={async () => {
        if (await change.run({ planId: to.id, prorationDate: preview.result?.proration_date })) leave(true);
      }}
    >
      {preview.status === "pending" && <Loading />}
      {preview.result && <Due preview={preview.result} />}
    </Question>
  );
}

function Due({ preview }: { preview: PreviewOut }): ReactElement {
  const { words, locale } = usePaydesk();
  const { total_minor, amount_due_minor, currency } = preview;
  const money = (minor: number) => formatMoney(minor, currency, locale);
  if (amount_due_minor > 0) return <p>{words.dueNow(money(amount_due_minor))}</p>;
  return <p>{total_minor < 0 ? words.creditedNow(money(-total_minor)) : words.nothingDueNow}</p>;
}

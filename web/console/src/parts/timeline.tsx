// What happened, one thing after another.

import type { ReactElement, ReactNode } from "react";

import { toneOf } from "../formats.js";
import { At, Status } from "./values.js";

export interface Happening {
  key: string;
  at: string | null | undefined;
  title: ReactNode;
  /** Where it stands, which also colours its mark. */
  status?: string | undefined;
  amount?: ReactNode;
  detail?: ReactNode;
}

export function Timeline({ of: happenings, label }: { of: Happening[]; label: string }): ReactElement {
  return (
    <ol className="timeline" aria-label={label}>
      {happenings.map(({ key, at, title, status, amount, detail }) => (
        <li key={key}>
          <span className={`mark ${toneOf(status ?? "")}`} aria-hidden="true" />
          <div className="happening">
            <p>
              <span className="happening-title">{title}</span>
              {status && <Status of={status} />}
              {amount && <span className="happening-amount">{amount}</span>}
            </p>
            {detail && <p className="soft detail">{detail}</p>}
          </div>
          <At moment={at} />
        </li>
      ))}
    </ol>
  );
}

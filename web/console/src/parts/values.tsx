// Single values as they are shown everywhere: a status, an amount, a moment, an id.

import { type ReactElement, useState } from "react";

import { formatAgo, formatAmount, formatCount, formatMoment, formatMoney, say, shorten, toneOf } from "../formats.js";
import { Link } from "../router.js";

export function Status({ of: status }: { of: string }): ReactElement {
  return <span className={`status ${toneOf(status)}`}>{say(status)}</span>;
}

export function Money({ minor, currency }: { minor: number; currency: string }): ReactElement {
  return <span className="number">{formatMoney(minor, currency)}</span>;
}

export function Count({ of: value }: { of: number }): ReactElement {
  return <span className="number">{formatCount(value)}</span>;
}

/** An amount of what its unit says: credits or a currency. */
export function Amount({ of: amount, unit }: { of: number; unit: string }): ReactElement {
  return <span className="number">{formatAmount(amount, unit)}</span>;
}

/** When something was, or nothing. */
export function At({ moment }: { moment: string | null | undefined }): ReactElement {
  if (!moment) return <Nothing />;
  return (
    <time dateTime={moment} title={formatMoment(moment)}>
      {formatAgo(moment, new Date())}
    </time>
  );
}

/** When something was, in full. */
export function Exactly({ moment }: { moment: string | null | undefined }): ReactElement {
  return moment ? <time dateTime={moment}>{formatMoment(moment)}</time> : <Nothing />;
}

export function Nothing(): ReactElement {
  return (
    <span className="soft">
      <span aria-hidden="true">–</span>
      <span className="hidden">none</span>
    </span>
  );
}

/** An id, with a button that copies it. */
export function Id({ of: id }: { of: string }): ReactElement {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(id).then(() => setCopied(true));
  };
  return (
    <span className="id">
      <code>{id}</code>
      <button type="button" className="copy" onClick={copy} onBlur={() => setCopied(false)} aria-label={`Copy ${id}`}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </span>
  );
}

/** An id that leads to what it names. */
export function IdLink({ to, id, whole = false }: { to: string; id: string | null | undefined; whole?: boolean }) {
  if (!id) return <Nothing />;
  return (
    <Link to={`${to}/${encodeURIComponent(id)}`} className="id-link">
      <code>{whole ? id : shorten(id)}</code>
    </Link>
  );
}

export function UserLink({ id }: { id: string | null | undefined }): ReactElement {
  if (!id) return <Nothing />;
  return <Link to={`/users/${encodeURIComponent(id)}`}>{shorten(id)}</Link>;
}

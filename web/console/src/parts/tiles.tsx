// Figures that are seen at once.

import type { ReactElement, ReactNode } from "react";

export function Tiles({ children }: { children: ReactNode }): ReactElement {
  return <div className="tiles">{children}</div>;
}

export function Tile({
  label,
  note,
  children,
  plot,
}: {
  label: string;
  note?: ReactNode;
  children: ReactNode;
  plot?: ReactNode;
}): ReactElement {
  return (
    <div className="tile">
      <p className="tile-label">{label}</p>
      <p className="tile-value">{children}</p>
      {note && <p className="soft">{note}</p>}
      {plot}
    </div>
  );
}

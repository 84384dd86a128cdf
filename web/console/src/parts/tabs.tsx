// The parts of a page that has too many for one look; which is shown stands in the address.

import type { ReactElement } from "react";

import { addressOf, Link, usePlace } from "../router.js";

export interface Tab {
  name: string;
  label: string;
  show: () => ReactElement;
}

/** The parts by name, and the one that is wanted; the first where the address names none. */
export function Tabs({ tabs, label }: { tabs: readonly [Tab, ...Tab[]]; label: string }): ReactElement {
  const { path, query } = usePlace();
  const current = tabs.find(({ name }) => name === query.get("show")) ?? tabs[0];
  return (
    <>
      <nav className="tabs" aria-label={label}>
        {tabs.map((tab) => (
          <Link
            key={tab.name}
            to={addressOf(path, { show: tab === tabs[0] ? undefined : tab.name })}
            aria-current={tab === current ? "true" : undefined}
          >
            {tab.label}
          </Link>
        ))}
      </nav>
      <section key={current.name} className="tab" aria-label={current.label}>
        {current.show()}
      </section>
    </>
  );
}

// Who stayed: subscribers by the month in which they began.

import type { CohortOut } from "@paydesk/client";
import type { ReactElement } from "react";

import { formatCount } from "../formats.js";
import { Sideways } from "../parts/sideways.js";

/** The shade of a share, in tenths. */
function shade(active: number, all: number): number {
  return all === 0 ? 0 : Math.round((active / all) * 10);
}

export function Cohorts({ cohorts }: { cohorts: CohortOut[] }): ReactElement {
  const months = Math.max(0, ...cohorts.map((cohort) => cohort.active.length));
  return (
    <Sideways label="Cohorts">
      <table className="cohorts">
        <thead>
          <tr>
            <th scope="col">Month</th>
            <th scope="col" className="right">
              Began
            </th>
            {Array.from({ length: months }, (_, month) => `+${month}`).map((label) => (
              <th key={label} scope="col" className="right">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort) => (
            <tr key={cohort.month}>
              <th scope="row">{cohort.month.slice(0, 7)}</th>
              <td className="right number">{formatCount(cohort.subscribers)}</td>
              {cohort.active.map((active, month) => (
                <td key={month} className={`right number shade-${shade(active, cohort.subscribers)}`}>
                  {formatCount(active)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}

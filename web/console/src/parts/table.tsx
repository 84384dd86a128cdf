// A list: what is on a page of it, and the ways to the next and the one before.

import type { Page } from "@paydesk/client";
import { type ReactElement, type ReactNode, useState } from "react";

import { useQuery } from "../query.js";
import { addressOf, go, usePlace } from "../router.js";
import { Button } from "./button.js";
import { Sideways } from "./sideways.js";
import { Loaded } from "./states.js";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** Left out where there is little room. */
  isExtra?: boolean;
  isNumber?: boolean;
}

export function Table<Row>({
  caption,
  rows,
  columns,
  keyOf,
}: {
  caption: string;
  rows: Row[];
  columns: Column<Row>[];
  keyOf: (row: Row) => string;
}): ReactElement {
  const classOf = ({ isExtra, isNumber }: Column<Row>) =>
    [isExtra && "extra", isNumber && "right"].filter(Boolean).join(" ") || undefined;
  return (
    <Sideways label={caption}>
      <table>
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.title} className={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}

interface PagedProps<Row> {
  /** What is listed, in words; names what was read too. */
  name: string;
  read: (page: { limit: number; after?: string }, signal: AbortSignal) => Promise<Page<Row>>;
  /** Said where there is nothing. */
  empty: ReactNode;
  /** How many on a page. */
  limit?: number;
  /** The parameter of the address that says where the page begins; lists beside others have one each. */
  pageName?: string;
  /** What else the reading depends on. */
  filters?: Record<string, string | undefined>;
}

interface ListProps<Row> extends PagedProps<Row> {
  columns: Column<Row>[];
  keyOf: (row: Row) => string;
}

/** A list as a table. */
export function List<Row>({ columns, keyOf, ...rest }: ListProps<Row>): ReactElement {
  return <Paged {...rest}>{(rows) => <Table caption={rest.name} rows={rows} columns={columns} keyOf={keyOf} />}</Paged>;
}

/** A list that is read page by page, its place in the address so that a way back leads to where one was. */
export function Paged<Row>(props: PagedProps<Row> & { children: (rows: Row[]) => ReactElement }): ReactElement {
  const { name, read, empty, limit = 25, pageName = "after", filters = {}, children } = props;
  const { path, query } = usePlace();
  const after = query.get(pageName) ?? undefined;
  const [passed, setPassed] = useState<(string | undefined)[]>([]);
  // What is listed anew begins anew; whoever came by a link has passed nothing.
  const before = after ? passed : [];
  const key = JSON.stringify([name, path, limit, filters, after]);
  const page = useQuery(key, (signal) => read(after ? { limit, after } : { limit }, signal));
  const turn = (to: string | undefined, behind: (string | undefined)[]) => {
    setPassed(behind);
    go(addressOf(path, { ...Object.fromEntries(query), [pageName]: to }));
  };
  return (
    <Loaded query={page}>
      {({ data, next }) => (
        <div className="list" aria-busy={page.isLoading}>
          {data.length > 0 ? children(data) : emptyOf(empty, next)}
          {(after || next) && (
            <nav className="pages" aria-label={`Pages of ${name.toLowerCase()}`}>
              {after && (
                <Button onClick={() => turn(before.at(-1), before.slice(0, -1))}>
                  {before.length > 0 ? "Previous" : "First page"}
                </Button>
              )}
              {next && <Button onClick={() => turn(next, [...before, after])}>Next</Button>}
            </nav>
          )}
        </div>
      )}
    </Loaded>
  );
}

function emptyOf(empty: ReactNode, next: string | null | undefined): ReactElement {
  return <p className="empty">{next ? "Nothing on this page; there may be more further on." : empty}</p>;
}

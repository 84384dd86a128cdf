// What a list is narrowed down to, in the address of the page.

import { type ReactElement, useEffect, useId, useState } from "react";

import { say } from "../formats.js";
import { addressOf, go, usePlace } from "../router.js";

export interface Filter {
  name: string;
  label: string;
  /** What there is to choose from; without it any text. */
  options?: readonly string[];
}

/** The values of these filters, as the address has them. */
export function useFilters(filters: Filter[]): Record<string, string | undefined> {
  const { query } = usePlace();
  return Object.fromEntries(filters.map(({ name }) => [name, query.get(name) ?? undefined]));
}

export function Filters({ filters }: { filters: Filter[] }): ReactElement {
  const { path, query } = usePlace();
  const values = useFilters(filters);
  // Which part of the page is shown stays; which page of the list does not.
  const here = { show: query.get("show") ?? undefined };
  const change = (name: string, value: string) => {
    go(addressOf(path, { ...here, ...values, [name]: value.trim() }), { replace: true });
  };
  const isSet = Object.values(values).some(Boolean);
  return (
    <search className="filters">
      {filters.map((filter) => (
        <OneFilter
          key={filter.name}
          filter={filter}
          value={values[filter.name] ?? ""}
          onChange={(value) => change(filter.name, value)}
        />
      ))}
      {isSet && (
        <button type="button" className="button quiet" onClick={() => go(addressOf(path, here), { replace: true })}>
          Clear
        </button>
      )}
    </search>
  );
}

function OneFilter({
  filter: { label, options },
  value,
  onChange,
}: {
  filter: Filter;
  value: string;
  onChange: (value: string) => void;
}): ReactElement {
  const id = useId();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <div className="filter">
      <label htmlFor={id}>{label}</label>
      {options ? (
        <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">All</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {say(option)}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => text !== value && onChange(text)}
          onKeyDown={(event) => event.key === "Enter" && onChange(text)}
        />
      )}
    </div>
  );
}

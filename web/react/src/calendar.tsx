import { type KeyboardEvent, type ReactElement, type ReactNode, useEffect, useId, useRef } from "react";

import { addDays, addMonths, daysIntoWeek, formatDay, lastOf, monthOf } from "./days.js";
import { Button } from "./parts.js";
import { usePaydesk } from "./provider.js";

export interface CalendarProps {
  /** The day that is chosen, and the one that the keyboard is at; its month is shown. */
  chosen: string | undefined;
  at: string;
  /** The first and the last day that may be looked at. */
  first: string;
  last: string;
  /** How many free times a day has; none where it cannot be chosen. */
  free: ReadonlyMap<string, number>;
  isBusy: boolean;
  onMove: (day: string) => void;
  onChoose: (day: string) => void;
}

const WEEK = [0, 1, 2, 3, 4, 5, 6];

/** A month, in which arrow keys go from day to day, Home and End through the week, Page Up and Page Down through months. */
export function Calendar(props: CalendarProps): ReactElement {
  const { at, first, last, free, onMove } = props;
  const { words, locale } = usePaydesk();
  const titleId = useId();
  const grid = useRef<HTMLTableElement>(null);
  const isByKeyboard = useRef(false);
  const month = monthOf(at);
  const begin = addDays(`${month}-01`, -daysIntoWeek(`${month}-01`, locale));
  const weeks = WEEK.map((week) => addDays(begin, week * 7)).filter((day) => day <= lastOf(month));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows the keyboard to another day.
  useEffect(() => {
    if (isByKeyboard.current) grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    isByKeyboard.current = false;
  }, [at]);
  const move = (event: KeyboardEvent) => {
    const to = target(event.key, at, locale);
    if (!to) return;
    event.preventDefault();
    isByKeyboard.current = true;
    onMove(within(to, first, last));
  };
  const step = (months: number) => {
    onMove(within(`${monthOf(addMonths(at, months))}-01`, first, last));
  };
  return (
    <div className="pd-calendar">
      <div className="pd-months">
        <Step label={words.previousMonth} isPossible={month > monthOf(first)} onStep={() => step(-1)}>
          ‹
        </Step>
        <h3 id={titleId} aria-live="polite">
          {formatDay(at, locale, { month: "long", year: "numeric" })}
        </h3>
        <Step label={words.nextMonth} isPossible={month < monthOf(last)} onStep={() => step(1)}>
          ›
        </Step>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are gone through is a grid. */}
      <table ref={grid} role="grid" aria-labelledby={titleId} aria-busy={props.isBusy} onKeyDown={move}>
        <thead>
          <tr>
            {WEEK.map((index) => (
              <th key={index} scope="col" abbr={formatDay(addDays(begin, index), locale, { weekday: "long" })}>
                {formatDay(addDays(begin, index), locale, { weekday: "short" })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week}>
              {WEEK.map((index) => {
                const day = addDays(week, index);
                return monthOf(day) === month ? (
                  <Day key={day} day={day} count={free.get(day) ?? 0} calendar={props} />
                ) : (
                  <td key={day} />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface StepProps {
  label: string;
  isPossible: boolean;
  onStep: () => void;
  children: ReactNode;
}

/** To another month. At an end it stays there, so that the focus does too. */
function Step({ label, isPossible, onStep, children }: StepProps): ReactElement {
  return (
    <Button aria-label={label} aria-disabled={!isPossible || undefined} onClick={() => isPossible && onStep()}>
      {children}
    </Button>
  );
}

function Day({ day, count, calendar }: { day: string; count: number; calendar: CalendarProps }): ReactElement {
  const { words, locale } = usePaydesk();
  const name = formatDay(day, locale, { dateStyle: "full" });
  return (
    <td>
      <button
        type="button"
        className="pd-day"
        data-day={day}
        tabIndex={day === calendar.at ? 0 : -1}
        aria-label={words.dayWithTimes(name, count)}
        aria-pressed={day === calendar.chosen}
        aria-disabled={count === 0 || undefined}
        onClick={() => {
          if (count > 0) calendar.onChoose(day);
        }}
      >
        {Number(day.slice(8))}
      </button>
    </td>
  );
}

function within(day: string, first: string, last: string): string {
  if (day < first) return first;
  return day > last ? last : day;
}

/** Where a key leads to from a day. */
function target(key: string, day: string, locale: string | undefined): string | undefined {
  const into = daysIntoWeek(day, locale);
  switch (key) {
    case "ArrowLeft":
      return addDays(day, -1);
    case "ArrowRight":
      return addDays(day, 1);
    case "ArrowUp":
      return addDays(day, -7);
    case "ArrowDown":
      return addDays(day, 7);
    case "Home":
      return addDays(day, -into);
    case "End":
      return addDays(day, 6 - into);
    case "PageUp":
      return addMonths(day, -1);
    case "PageDown":
      return addMonths(day, 1);
    default:
      return undefined;
  }
}

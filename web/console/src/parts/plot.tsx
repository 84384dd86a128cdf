// Plots, drawn here: a few lines or bars over days, with the same figures as a table for whoever cannot see them.

import { type ReactElement, useId, useState } from "react";

import { formatCount, formatMoney, formatShort } from "../formats.js";
import { place, ticks } from "../scale.js";
import { Sideways } from "./sideways.js";

export interface Series {
  label: string;
  /** Which of the colours of plots, from 1. */
  colour: 1 | 2 | 3 | 4 | 5;
  values: number[];
}

interface Props {
  title: string;
  /** One for each value: what it is of. */
  labels: string[];
  series: Series[];
  kind: "line" | "bars";
  /** What the values are minor units of; they are counts where it is left out. */
  currency?: string;
}

const WIDE = 640;
const HIGH = 180;
const LEFT = 64;
const BELOW = 22;

/** A plot. Bars stand on one another, those below nothing under the line. */
export function Plot({ title, labels, series, kind, currency }: Props): ReactElement {
  const titleId = useId();
  const format = (value: number) => (currency ? formatMoney(value, currency) : formatCount(value));
  const [at, setAt] = useState<number>();
  const heights =
    kind === "line"
      ? series.flatMap(({ values }) => values)
      : labels.flatMap((_, index) => [stack(series, index, 1), stack(series, index, -1)]);
  const steps = ticks(heights);
  const from = steps[0] ?? 0;
  const to = steps[steps.length - 1] ?? 1;
  const y = (value: number) => HIGH - BELOW - place(value, from, to, HIGH - BELOW - 8);
  const slot = (WIDE - LEFT) / Math.max(labels.length, 1);
  const middle = (index: number) => LEFT + slot * (index + 0.5);
  const shown = at ?? labels.length - 1;
  return (
    <figure className="plot" aria-labelledby={titleId}>
      <figcaption>
        <h2 id={titleId}>{title}</h2>
        <Legend series={series} label={labels[shown] ?? ""} at={shown} format={format} />
      </figcaption>
      <svg viewBox={`0 0 ${WIDE} ${HIGH}`} aria-hidden="true" onPointerLeave={() => setAt(undefined)}>
        {steps.map((step) => (
          <g key={step}>
            <line className={step === 0 ? "axis" : "grid"} x1={LEFT} x2={WIDE} y1={y(step)} y2={y(step)} />
            <text x={LEFT - 8} y={y(step) + 4} textAnchor="end">
              {formatShort(step, currency)}
            </text>
          </g>
        ))}
        {kind === "line"
          ? series.map((one) => <Line key={one.label} series={one} x={middle} y={y} />)
          : labels.map((label, index) => (
              <Bars key={label} series={series} index={index} x={middle(index)} slot={slot} y={y} />
            ))}
        {at !== undefined && <line className="cursor" x1={middle(at)} x2={middle(at)} y1={0} y2={HIGH - BELOW} />}
        <text x={LEFT} y={HIGH - 4}>
          {labels[0]}
        </text>
        <text x={WIDE} y={HIGH - 4} textAnchor="end">
          {labels[labels.length - 1]}
        </text>
        {labels.map((label, index) => (
          <rect
            key={label}
            className="touch"
            x={middle(index) - slot / 2}
            width={slot}
            y={0}
            height={HIGH}
            onPointerEnter={() => setAt(index)}
          />
        ))}
      </svg>
      <Figures title={title} labels={labels} series={series} format={format} />
    </figure>
  );
}

/** What stands above nothing, or below, at one place. */
function stack(series: Series[], index: number, sign: 1 | -1): number {
  return series.reduce((sum, { values }) => {
    const value = values[index] ?? 0;
    return Math.sign(value) === sign ? sum + value : sum;
  }, 0);
}

function Legend({
  series,
  label,
  at,
  format,
}: {
  series: Series[];
  label: string;
  at: number;
  format: (value: number) => string;
}): ReactElement {
  return (
    <p className="legend">
      <span className="soft">{label}</span>
      {series.map((one) => (
        <span key={one.label} className={`key colour-${one.colour}`}>
          {one.label} <b className="number">{format(one.values[at] ?? 0)}</b>
        </span>
      ))}
    </p>
  );
}

interface Drawn {
  y: (value: number) => number;
}

function Line({ series, x, y }: Drawn & { series: Series; x: (index: number) => number }): ReactElement {
  const points = series.values.map((value, index) => `${x(index)},${y(value)}`);
  const first = x(0);
  const last = x(series.values.length - 1);
  return (
    <g className={`colour-${series.colour}`}>
      <polygon className="area" points={[`${first},${y(0)}`, ...points, `${last},${y(0)}`].join(" ")} />
      <polyline className="line" points={points.join(" ")} />
    </g>
  );
}

function Bars({
  series,
  index,
  x,
  slot,
  y,
}: Drawn & { series: Series[]; index: number; x: number; slot: number }): ReactElement {
  const width = Math.max(1, Math.min(28, slot * 0.7));
  return (
    <g>
      {series.map((one, order) => {
        const value = one.values[index] ?? 0;
        if (value === 0) return null;
        const sign = value > 0 ? 1 : -1;
        const base = stack(series.slice(0, order), index, sign);
        const [top, bottom] = [y(Math.max(base, base + value)), y(Math.min(base, base + value))];
        return (
          <rect
            key={one.label}
            className={`bar-of colour-${one.colour}`}
            x={x - width / 2}
            width={width}
            y={top}
            height={Math.max(1, bottom - top)}
          />
        );
      })}
    </g>
  );
}

interface FiguresProps extends Pick<Props, "title" | "labels" | "series"> {
  format: (value: number) => string;
}

function Figures({ title, labels, series, format }: FiguresProps): ReactElement {
  return (
    <details className="figures">
      <summary>
        Figures<span className="hidden"> of {title}</span>
      </summary>
      <Sideways label={title}>
        <table>
          <caption className="hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              {series.map((one) => (
                <th key={one.label} scope="col" className="right">
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, index) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {series.map((one) => (
                  <td key={one.label} className="right number">
                    {format(one.values[index] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </details>
  );
}

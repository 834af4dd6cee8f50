// Numbers as text, the same on the terminal, in the charts and on the page of the demo.

import type { Verdict } from '../run/results.js';

export const digits = (value: number): string => (value >= 1000 ? value.toFixed(0) : value.toPrecision(3));
export const factor = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;

/** `4.10x`, `65 %` of theirs, `23` programs. */
export function valueText({ unit, value }: Pick<Verdict, 'unit' | 'value'>): string {
  if (unit === 'programs') return `${value}`;
  return unit === 'MiB' ? `${Math.round(100 * value)} %` : factor(value);
}

/** Without the unit. */
export function amountText(amount: number, { unit }: Pick<Verdict, 'unit'>): string {
  return unit === 'programs' ? `${amount}` : digits(amount);
}

/** `≥ 4.00x`; empty where nothing is asked. */
export function askedText({ unit, asked }: Pick<Verdict, 'unit' | 'asked'>): string {
  if (asked === undefined) return '';
  return `${unit === 'programs' || unit === 'MiB' ? '≤' : '≥'} ${valueText({ unit, value: asked })}`;
}

export function verdictWord({ isReached }: Pick<Verdict, 'isReached'>): '' | 'reached' | 'missed' {
  return isReached === undefined ? '' : isReached ? 'reached' : 'missed';
}

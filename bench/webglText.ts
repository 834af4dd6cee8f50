// Parts of a verdict as text, the same on the terminal, in the chart and on the page of the demo.

import { digits, factor } from './figures.js';
import type { WebglVerdict } from './webglResults.js';

/** `4.10x`, `65 %` of theirs, `23` programs. */
export function valueText({ measure, value }: Pick<WebglVerdict, 'measure' | 'value'>): string {
  switch (measure) {
    case 'faster':
      return factor(value);
    case 'share':
      return `${Math.round(100 * value)} %`;
    case 'count':
      return `${value}`;
    default:
      return measure satisfies never;
  }
}

/** Without the unit. */
export function amountText(value: number, { unit }: Pick<WebglVerdict, 'unit'>): string {
  return unit === 'programs' ? `${value}` : digits(value);
}

/** `≥ 4.00x`; empty where nothing is asked. */
export function aimText({ aim, measure }: Pick<WebglVerdict, 'aim' | 'measure'>): string {
  if (!aim) return '';
  return 'atLeast' in aim
    ? `≥ ${valueText({ measure, value: aim.atLeast })}`
    : `≤ ${valueText({ measure, value: aim.atMost })}`;
}

export function verdictWord({ isReached }: Pick<WebglVerdict, 'isReached'>): '' | 'reached' | 'missed' {
  return isReached === undefined ? '' : isReached ? 'reached' : 'missed';
}

/** Our share of what the device does at most. */
export function limitsText({ ofLimits }: Pick<WebglVerdict, 'ofLimits'>): string {
  if (!ofLimits) return '';
  return `${Math.round(100 * ofLimits.macs)} % of its MACs, ${digits(ofLimits.macsPerFetch)} MACs a fetch`;
}

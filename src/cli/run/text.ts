// Writes the report of `convnet run` for people.

import { msText, shapeText } from '../../core/units.js';
import { factsOf, tableOf } from '../shared/table.js';
import type { OutputReport, RunReport } from './report.js';

export function runText(report: RunReport): string {
  const { size, scale, isScaleGuessed, backend, ms, outputs, written } = report;
  const pixels = scale === 'none' ? '0..255' : scale;
  const facts: [string, string][] = [
    [
      'picture',
      `${report.input}, as ${size.join('x')}, pixels ${pixels}${isScaleGuessed ? ' (guessed; see --preprocess)' : ''}`,
    ],
    ['backend', `${backend}, ${msText(ms)} ms`],
    ...(written === undefined ? [] : [['written', written] as [string, string]]),
  ];
  return [factsOf(facts), ...outputs.map(outputText)].join('\n\n');
}

function outputText({ name, shape, top, min, max, mean }: OutputReport): string {
  const title = `${name}  ${shapeText(shape)}`;
  if (!top)
    return `${title}\n${factsOf([
      ['min', numberText(min)],
      ['max', numberText(max)],
      ['mean', numberText(mean)],
    ])}`;
  const hasLabels = top.some(({ label }) => label !== undefined);
  const columns = [
    { title: 'class', align: 'right' as const },
    ...(hasLabels ? [{ title: 'label' }] : []),
    { title: 'score', align: 'right' as const },
  ];
  const rows = top.map(({ index, label, score }) => [
    String(index),
    ...(hasLabels ? [label ?? ''] : []),
    numberText(score),
  ]);
  return `${title}\n${tableOf(columns, rows)}`;
}

/** About five digits, without an exponent if possible. */
function numberText(value: number): string {
  const size = Math.abs(value);
  return value === 0 || (size >= 1e-4 && size < 1e6) ? value.toFixed(size >= 100 ? 2 : 5) : value.toExponential(3);
}

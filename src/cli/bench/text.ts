// Writes the report of `convnet bench` for people.

import { bytesText, countText, grouped, msText, shapeText } from '../../core/units.js';
import { factsOf, tableOf } from '../shared/table.js';
import type { BackendReport, BenchReport } from './report.js';

const right = 'right' as const;

export function benchText(report: BenchReport, layerRows: number): string {
  const { model, parameters, inputs, runs, backends } = report;
  const facts = factsOf([
    ['model', `${model}, ${countText(parameters, 'parameter')}`],
    ['input', inputs.map(shapeText).join(', ')],
    ['runs', `${runs} on each backend after the first, times in ms`],
  ]);
  const parts = [facts, backendTable(backends)];
  if (layerRows > 0) parts.push(...backends.map((backend) => layerTable(backend, layerRows)));
  return parts.join('\n\n');
}

function backendTable(backends: readonly BackendReport[]): string {
  const hasOthers = backends.length > 1;
  const titles = ['load', 'first', 'median', 'min', 'max', 'tensors', 'heap', 'peak'];
  const columns = [
    { title: 'backend' },
    ...titles.map((title) => ({ title, align: right })),
    ...(hasOthers ? [{ title: 'difference', align: right }] : []),
  ];
  const rows = backends.map(({ backend, loadMs, firstMs, median, min, max, memory, difference }, i) => [
    backend,
    ...[loadMs, firstMs, median, min, max].map(msText),
    `${grouped(memory.tensors)}, ${bytesText(memory.tensorBytes)}`,
    ...[memory.heapBytes, memory.peakHeapBytes].map((bytes) => (bytes === undefined ? '' : bytesText(bytes))),
    ...(hasOthers ? [i === 0 ? '' : difference.toExponential(1)] : []),
  ]);
  return tableOf(columns, rows);
}

function layerTable({ backend, layers }: BackendReport, count: number): string {
  const total = layers.reduce((sum, { ms }) => sum + ms, 0);
  const slowest = [...layers].sort((a, b) => b.ms - a.ms).slice(0, count);
  const columns = [
    { title: `layers on ${backend}`, maxWidth: 44 },
    { title: 'class' },
    { title: 'output' },
    { title: 'parameters', align: right },
    { title: 'ms', align: right },
    { title: '%', align: right },
  ];
  const rows = slowest.map(({ name, className, outputShape, parameters, ms }) => [
    name,
    className,
    shapeText(outputShape),
    grouped(parameters),
    msText(ms),
    total > 0 ? ((100 * ms) / total).toFixed(1) : '',
  ]);
  const rest = layers.length - slowest.length;
  return (
    tableOf(columns, rows) + (rest > 0 ? `\nand ${countText(rest, 'layer')} more; all take ${msText(total)} ms` : '')
  );
}

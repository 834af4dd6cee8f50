/** Results as they come: the rows measured so far, and what they amount to, as a table and as a chart. */
import { barsOf } from '../../../bench/report/chart.js';
import { amountText, digits, factor, valueText } from '../../../bench/report/figures.js';
import type { Report, Row, Verdict } from '../../../bench/run/results.js';
import { passSuffixes } from '../../../bench/tables/layers.js';
import { byId, element } from '../dom.js';

const summary = byId('summary', HTMLElement);
const chart = byId('chart', HTMLDivElement);
const verdictTable = byId('verdicts', HTMLTableElement).tBodies[0];
const rowsPanel = byId('rows-panel', HTMLElement);
const rowTable = byId('rows', HTMLTableElement).tBodies[0];

let shown: Report | undefined;

/** The chart is as wide as its place, and drawn anew when that changes. */
new ResizeObserver(() => drawChart()).observe(chart);

export function clearTables(): void {
  shown = undefined;
  summary.hidden = true;
  rowsPanel.hidden = true;
  rowTable.replaceChildren();
}

export function addRow(row: Row): void {
  if (row.section === 'memory') return; // not measured here
  const [ours, theirs] = row.timings;
  const title = row.name + (row.pass ? passSuffixes[row.pass] : '');
  const numbers = [digits(ours.ms), digits(theirs.ms), factor(theirs.ratio)];
  const line = element('tr', { children: [element('td', { text: title }), ...numbers.map(numberCell)] });
  addLine(line);
}

export function addFailure(message: string): void {
  const cell = element('td', { className: 'no', text: message });
  cell.colSpan = 4;
  addLine(element('tr', { children: [cell] }));
}

export function showSummary(report: Report): void {
  if (report.verdicts.length === 0) return;
  shown = report;
  summary.hidden = false;
  let group = '';
  const lines = report.verdicts.flatMap((verdict) => {
    const isNew = verdict.group !== group;
    group = verdict.group;
    return isNew ? [headOf(verdict), lineOf(verdict)] : [lineOf(verdict)];
  });
  verdictTable.replaceChildren(...lines);
  drawChart();
}

function drawChart(): void {
  if (!shown || chart.clientWidth === 0) return;
  const palette = {
    ink: 'var(--ink)',
    soft: 'var(--soft)',
    line: 'var(--line)',
    mark: 'var(--danger)',
    background: 'none',
    'convnet-webgl': 'var(--accent)',
    webgl: 'var(--peer)',
  };
  // The text is the benchmark's own, and escaped; nothing in it comes from elsewhere.
  chart.innerHTML = barsOf(shown, { width: chart.clientWidth, palette, font: 'var(--sans)' });
}

/** New lines come into view, unless the reader has scrolled up. */
function addLine(line: HTMLTableRowElement): void {
  rowsPanel.hidden = false;
  const view = rowTable.closest('.scroll') as HTMLElement;
  const isAtEnd = view.scrollTop + view.clientHeight >= view.scrollHeight - 4;
  rowTable.append(line);
  if (isAtEnd) view.scrollTop = view.scrollHeight;
}

/** `Layers, GFLOP/s` */
function headOf({ group, unit }: Verdict): HTMLTableRowElement {
  const cell = element('th', { text: `${group[0].toUpperCase()}${group.slice(1)}, ${unit}` });
  cell.scope = 'rowgroup';
  cell.colSpan = 4;
  return element('tr', { className: 'head', children: [cell] });
}

function lineOf(verdict: Verdict): HTMLTableRowElement {
  const { title, partOf, count, amounts } = verdict;
  const name = element('td', { text: title });
  if (count > 1) name.append(element('span', { className: 'count', text: ` ${count} layers` }));
  const numbers = [...amounts.map((amount) => amountText(amount, verdict)), valueText(verdict)].map(numberCell);
  return element('tr', { className: partOf ? 'part' : '', children: [name, ...numbers] });
}

function numberCell(text: string): HTMLTableCellElement {
  return element('td', { className: 'number', text });
}

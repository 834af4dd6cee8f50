/** Results as they come: the rows measured so far, and what they amount to, as a table and as a chart. */
import { digits, factor } from '../../../bench/figures.js';
import { webglBars } from '../../../bench/webglChart.js';
import type { WebglReport, WebglRow, WebglVerdict } from '../../../bench/webglResults.js';
import { aimText, amountText, valueText, verdictWord } from '../../../bench/webglText.js';
import { byId, element } from '../dom.js';

const summary = byId('summary', HTMLElement);
const chart = byId('chart', HTMLDivElement);
const verdictTable = byId('verdicts', HTMLTableElement).tBodies[0];
const rowsPanel = byId('rows-panel', HTMLElement);
const rowTable = byId('rows', HTMLTableElement).tBodies[0];

let shown: WebglReport | undefined;

/** The chart is as wide as its place, and drawn anew when that changes. */
new ResizeObserver(() => drawChart()).observe(chart);

export function clearTables(): void {
  shown = undefined;
  summary.hidden = true;
  rowsPanel.hidden = true;
  rowTable.replaceChildren();
}

export function addRow(row: WebglRow): void {
  if (row.section === 'first') return; // not measured here
  const [ours, theirs] = row.timings;
  const title = row.section === 'models' ? row.model : layerText(row);
  const numbers = [digits(ours.ms), digits(theirs.ms), factor(theirs.ratio)];
  const line = element('tr', { children: [element('td', { text: title }), ...numbers.map(numberCell)] });
  addLine(line);
}

export function addFailure(message: string): void {
  const cell = element('td', { className: 'no', text: message });
  cell.colSpan = 4;
  addLine(element('tr', { children: [cell] }));
}

export function showSummary(report: WebglReport): void {
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
    ours: 'var(--accent)',
    theirs: 'var(--peer)',
  };
  // The text is the benchmark's own, and escaped; nothing in it comes from elsewhere.
  chart.innerHTML = webglBars(shown, { width: chart.clientWidth, palette, font: 'var(--sans)' });
}

/** New lines come into view, unless the reader has scrolled up. */
function addLine(line: HTMLTableRowElement): void {
  rowsPanel.hidden = false;
  const view = rowTable.closest('.scroll') as HTMLElement;
  const isAtEnd = view.scrollTop + view.clientHeight >= view.scrollHeight - 4;
  rowTable.append(line);
  if (isAtEnd) view.scrollTop = view.scrollHeight;
}

function layerText({ layer, pass }: { layer: string; pass: string }): string {
  const names: Readonly<Record<string, string>> = { gradInput: ', input gradient', gradFilter: ', filter gradient' };
  return layer + (names[pass] ?? '');
}

/** `Layers, GFLOP/s` */
function headOf({ group, unit }: WebglVerdict): HTMLTableRowElement {
  const cell = element('th', { text: `${group[0].toUpperCase()}${group.slice(1)}, ${unit}` });
  cell.scope = 'rowgroup';
  cell.colSpan = 5;
  return element('tr', { className: 'head', children: [cell] });
}

function lineOf(verdict: WebglVerdict): HTMLTableRowElement {
  const { title, partOf, count, ours, theirs } = verdict;
  const name = element('td', { text: title });
  if (count > 1) name.append(element('span', { className: 'count', text: ` ${count} layers` }));
  const numbers = [amountText(ours, verdict), amountText(theirs, verdict), valueText(verdict)].map(numberCell);
  const word = verdictWord(verdict);
  const asked = element('td', { text: aimText(verdict), className: 'asked' });
  if (word) asked.append(element('span', { className: word, text: ` ${word}` }));
  return element('tr', { className: partOf ? 'part' : '', children: [name, ...numbers, asked] });
}

function numberCell(text: string): HTMLTableCellElement {
  return element('td', { className: 'number', text });
}

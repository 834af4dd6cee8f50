// Writes rows of cells in columns, two spaces apart.

import { plain } from './plainText.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Longer cells are cut in the middle, so that beginning and end stay readable. Default 60. */
  readonly maxWidth?: number;
}

/** A table with a header and a line below it. */
export function tableOf(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map(({ maxWidth }, i) => shorten(plain(row[i] ?? ''), maxWidth)));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (columns[i].align === 'right' ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(columns.map(({ title }) => title)), rule, ...cells.map(line)].join('\n');
}

/** Lines of a label and a text, without a header. */
export function factsOf(facts: readonly (readonly [label: string, text: string])[]): string {
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, text]) => `${label.padEnd(width)}  ${plain(text)}`.trimEnd()).join('\n');
}

function shorten(text: string, maxWidth = 60): string {
  if (text.length <= maxWidth) return text;
  const head = Math.ceil((maxWidth - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (maxWidth - 1 - head))}`;
}

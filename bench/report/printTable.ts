import { digits } from './figures.js';

/** Rows with the same columns, under a title, each column as wide as it needs. */
export function printTable(title: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
  const names = Object.keys(rows[0]).filter((name) => rows.some((row) => row[name] !== ''));
  const cell = (value: string | number) =>
    typeof value === 'number' && !Number.isInteger(value) ? digits(value) : String(value);
  const lines = [names, ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const padded = lines.map((line) => line.map((text, column) => text.padEnd(widths[column])).join('  '));
  console.log(['', title, ...padded.map((line) => line.trimEnd())].join('\n'));
}

// docs/compatibility-cases.json: one row a line, so that a change of a row is a change of a line.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { CaseEnvironment, StoredCases } from './caseDocument.js';
import type { CaseRow } from './caseRows.js';
import type { Kind } from './kerasCases.js';

export function readStored(file: string): StoredCases {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StoredCases) : { environments: {}, rows: [] };
}

/** Puts rows in the place of those of the same kind and name, so that a table can be measured in parts. */
export function replaceRows(
  stored: StoredCases,
  kind: Kind,
  rows: readonly CaseRow[],
  environment: CaseEnvironment,
): StoredCases {
  const fresh = new Map(rows.map((row) => [row.name, row]));
  const own = stored.rows.filter((row) => row.kind === kind).map((row) => fresh.get(row.name) ?? row);
  const known = new Set(own.map(({ name }) => name));
  return {
    environments: { ...stored.environments, [kind]: environment },
    rows: [
      ...stored.rows.filter((row) => row.kind !== kind),
      ...[...own, ...rows.filter(({ name }) => !known.has(name))].sort(byName),
    ],
  };
}

/** Keras's own order: capitals first. */
function byName(a: CaseRow, b: CaseRow): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

export function writeStored(file: string, { environments, rows }: StoredCases): void {
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n');
  writeFileSync(file, `{"environments": ${JSON.stringify(environments)},\n"rows": [\n${lines}\n]}\n`);
}

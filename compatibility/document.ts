// Writes docs/compatibility.md from the JSON files beside it: the applications, and the layers, operations and models.

import { existsSync, readFileSync } from 'node:fs';
import { caseDocument } from './cases/caseDocument.js';
import { readStored } from './cases/caseStore.js';
import { replaceFile } from './replaceFile.js';
import type { Environment, Row } from './rows.js';
import { tableOf } from './table.js';

/** What compatibility.json holds. */
export interface Stored {
  readonly environments: readonly Environment[];
  readonly rows: readonly Row[];
}

/** Writes NAME.md from NAME.json and NAME-cases.json; either may be missing. */
export function writeDocument(jsonFile: string): void {
  const base = jsonFile.replace(/(-cases)?(\.json)?$/, '');
  const applications = `${base}.json`;
  const stored = existsSync(applications) ? (JSON.parse(readFileSync(applications, 'utf8')) as Stored) : undefined;
  const cases = caseDocument(readStored(`${base}-cases.json`));
  replaceFile(`${base}.md`, tableOf(stored?.environments ?? [], stored?.rows ?? [], cases));
}

// Writes docs/compatibility.md from the JSON files beside it: the applications, and the layers, operations and models.

import { existsSync, readFileSync } from 'node:fs';
import { SetupError } from '../tools/setup.mjs';
import { caseDocument } from './cases/caseDocument.js';
import { readStored } from './cases/caseStore.js';
import { maskDocument, readMaskSections } from './masks/maskDocument.js';
import { replaceFile } from './replaceFile.js';
import type { Environment, Row } from './rows.js';
import { tableOf } from './table.js';
import { readTrips, tripDocument } from './trips/tripDocument.js';

/** What compatibility.json holds. */
export interface Stored {
  readonly environments: readonly Environment[];
  readonly rows: readonly Row[];
}

/**
 * Checks the name of a file of results before hours of measuring: the document beside it takes what it holds by the suffix.
 * @throws SetupError for another name than NAME<suffix>.json.
 */
export function checkResultsName(file: string, suffix: '-trips' | '-cases' | '-masks'): void {
  if (file.endsWith(`${suffix}.json`)) return;
  throw new SetupError(`--out must end in '${suffix}.json'. Received: --out=${file}`);
}

/** Writes NAME.md from NAME.json, NAME-trips.json, NAME-cases.json and NAME-masks.json; each may be missing. */
export function writeDocument(jsonFile: string): void {
  const base = jsonFile.replace(/(-trips|-cases|-masks)?(\.json)?$/, '');
  const applications = `${base}.json`;
  const stored = existsSync(applications) ? (JSON.parse(readFileSync(applications, 'utf8')) as Stored) : undefined;
  const cases = caseDocument(readStored(`${base}-cases.json`));
  const masks = maskDocument(readMaskSections(`${base}-masks.json`));
  const trips = tripDocument(readTrips(`${base}-trips.json`));
  const parts = [trips, cases, masks].filter((part) => part !== '').join('\n');
  replaceFile(`${base}.md`, tableOf(stored?.environments ?? [], stored?.rows ?? [], parts));
}

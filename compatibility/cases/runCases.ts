// `npm run compatibility -- layers|operations|models`:
//
//   Keras makes files -> all read, run, differentiated and saved in one process here -> Keras reads those -> tables

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { root } from '../../tools/setup.mjs';
import { writeDocument } from '../document.js';
import { type CaseResult, isGood, outcomesOf, readCases, readChecked, readResults } from './caseFiles.js';
import type { CaseOptions } from './caseOptions.js';
import { type CaseRow, rowsOf } from './caseRows.js';
import { readStored, replaceRows, writeStored } from './caseStore.js';
import { askCases, kerasBackends, lastJson, type MadeCases, type Names } from './kerasCases.js';

const reader = fileURLToPath(new URL('./readAll.ts', import.meta.url));

export async function runCases(options: CaseOptions): Promise<void> {
  const folder = options.keep ?? mkdtempSync(join(tmpdir(), 'compatibility-'));
  try {
    const faults = await measure(options, folder);
    console.log(faults === 0 ? '\nAll agree with Keras' : `\n${faults} failed`);
    process.exitCode = faults === 0 ? 0 : 1;
  } finally {
    if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives the number of rows that failed, of names without cases, and of cases that could not be made. */
async function measure(options: CaseOptions, folder: string): Promise<number> {
  const { kind, python, only, out } = options;
  const [first] = kerasBackends;
  const names = await askCases<Names>(python, first, ['names', kind]);
  const chosen = only === undefined ? undefined : new Set(only.split(','));
  const untried = names.names.filter(
    ({ name, cases, alias, reason }) =>
      cases === 0 && alias === undefined && reason === undefined && !chosen?.has(name),
  );
  for (const { name } of untried) console.log(`${name}: not tried`);
  for (const name of names.unknown) console.log(`${name}: Keras has no such name`);
  const unmade = await makeCases(options, folder);
  await lastJson(process.execPath, ['--import', 'tsx', reader, folder, ...(only ? [only] : [])]);
  const differing = readResults(folder).filter((result) => outcomesOf(result).some((outcome) => !isGood(outcome)));
  if (differing.length > 0) await askElsewhere(options, folder, differing);
  for (const backend of kerasBackends) await askCases(python, backend, ['check', folder]);
  const found = { cases: readCases(folder), results: readResults(folder), checked: readChecked(folder) };
  const rows = rowsOf(
    kind,
    names.names.filter(({ name }) => !chosen || chosen.has(name)),
    found,
  );
  for (const row of rows) print(row);
  if (out !== undefined) {
    writeStored(out, replaceRows(readStored(out), kind, rows, environmentOf(names.keras)));
    writeDocument(out);
  }
  return rows.filter(hasFailed).length + untried.length + names.unknown.length + unmade.length;
}

/** Every backend of Keras makes what the one before could not; gives what none could. */
async function makeCases({ kind, python, tfKeras, only }: CaseOptions, folder: string): Promise<readonly string[]> {
  const make = async (program: string, backend: string) => {
    const answer = await askCases<MadeCases>(program, backend, ['make', kind, folder, ...(only ? [only] : [])]);
    console.log(`${program}, ${backend}: ${answer.made} cases made, ${answer.failures.length} impossible`);
    return answer.failures;
  };
  const ofTfKeras = tfKeras !== undefined && kind === 'models' ? await make(tfKeras, 'tensorflow') : [];
  let failures: readonly string[] = [];
  for (const backend of kerasBackends) failures = await make(python, backend);
  const all = [...ofTfKeras, ...failures];
  for (const failure of all) console.log(`not made: ${failure}`);
  return all;
}

/** Where something differs, the other backend of Keras is asked too, and the cases are read again. */
async function askElsewhere(
  { kind, python }: CaseOptions,
  folder: string,
  found: readonly CaseResult[],
): Promise<void> {
  const ids = new Set(found.map(({ id }) => id));
  for (const backend of kerasBackends) {
    const { added } = await askCases<{ added: number }>(python, backend, [
      'elsewhere',
      kind,
      folder,
      [...ids].join(','),
    ]);
    console.log(`${added} cases on ${backend} too`);
  }
  const names = readCases(folder).flatMap(({ id, name }) => (ids.has(id) ? [name] : []));
  await lastJson(process.execPath, ['--import', 'tsx', reader, folder, [...new Set(names)].join(',')]);
}

function environmentOf(keras: string): Readonly<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { keras, 'tfjs-backend-convnet': version, tfjs: tf.version.tfjs, node: process.versions.node };
}

function hasFailed({ predicts, saves, trains }: CaseRow): boolean {
  return [predicts, saves, trains].some((cell) => cell?.failures !== undefined);
}

function print({ name, predicts, saves, trains }: CaseRow): void {
  for (const [part, cell] of Object.entries({ predicts, saves, trains }))
    for (const failure of cell?.failures ?? []) console.log(`${name}, ${part}: ${failure}`);
}

// Reads all cases of a folder in one process, one after the other: node --import tsx compatibility/cases/readAll.ts FOLDER

import * as tf from '@tensorflow/tfjs';
import '../../src/index.js';
import { type CaseResult, readCases, readResults, writeResults } from './caseFiles.js';
import { readCase } from './readCase.js';

const [, , folder, only] = process.argv;
await tf.setBackend('convnet-cpu');
const names = only ? new Set(only.split(',')) : undefined;
const cases = readCases(folder).filter(({ name }) => !names || names.has(name));
const results: CaseResult[] = [];
for (const facts of cases) {
  results.push(await readCase(folder, facts));
  if (results.length % 50 === 0) console.log(`${results.length} of ${cases.length}`);
}
const done = new Set(cases.map(({ id }) => id));
writeResults(folder, [...readResults(folder).filter(({ id }) => !done.has(id)), ...results]);
process.stdout.write(`${JSON.stringify({ cases: cases.length })}\n`, () => process.exit()); // threads still wait

// Reads all random models of a folder in one process: node --import tsx compatibility/graphs/readGraphs.ts FOLDER [PART OF NAMES]

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '../../src/index.js';
import type { GraphOutcome, GraphReport } from './graphFiles.js';
import { isGoodGraph, readGraphCase } from './readGraphCase.js';

const [, , folder, only] = process.argv;
const report = JSON.parse(readFileSync(join(folder, 'graphs.json'), 'utf8')) as GraphReport;
await tf.setBackend('convnet-cpu');
const outcomes: GraphOutcome[] = [];
for (const one of report.cases) {
  for (const file of one.files) {
    if (only !== undefined && !file.includes(only)) continue;
    const outcome = await readGraphCase(readFileSync(join(folder, file)), file, one);
    outcomes.push(outcome);
    const { unread, changed } = one;
    if (!isGoodGraph(outcome)) console.log(JSON.stringify({ ...outcome, unread, changed }));
  }
}
if (only === undefined) writeFileSync(join(folder, 'graphsHere.json'), JSON.stringify({ outcomes }));
const good = outcomes.filter(isGoodGraph).length;
process.stdout.write(`${JSON.stringify({ files: outcomes.length, good })}\n`, () =>
  process.exit(good < outcomes.length ? 1 : 0),
); // threads still wait

// Reads all cases of a folder in one process: node --import tsx compatibility/masks/readMasks.ts FOLDER [PART OF NAMES]

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '../../src/index.js';
import { isGoodOutcome, type MaskOutcome, type MaskReport } from './maskFiles.js';
import { readMaskCase } from './readMaskCase.js';

const [, , folder, only] = process.argv;
const report = JSON.parse(readFileSync(join(folder, 'masks.json'), 'utf8')) as MaskReport;
await tf.setBackend('convnet-cpu');
const outcomes: MaskOutcome[] = [];
for (const one of report.cases) {
  if (only !== undefined && !one.id.includes(only)) continue;
  for (const file of one.files) {
    const outcome = await readMaskCase(readFileSync(join(folder, file)), file, one);
    outcomes.push(outcome);
    if (!isGoodOutcome(outcome)) console.log(JSON.stringify(outcome));
  }
}
if (only === undefined) writeFileSync(join(folder, 'masksHere.json'), JSON.stringify({ outcomes }));
process.stdout.write(`${JSON.stringify({ files: outcomes.length })}\n`, () => process.exit()); // threads still wait

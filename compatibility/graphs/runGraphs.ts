// `npm run compatibility -- graphs`: Keras makes random Functional models, all are read, run, saved and trained here.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runNode } from '../../tools/command.mjs';
import { lastJson } from '../cases/kerasCases.js';

const script = fileURLToPath(new URL('../keras_graphs', import.meta.url));
const reader = fileURLToPath(new URL('./readGraphs.ts', import.meta.url));

const USAGE = `npm run compatibility -- graphs [options]
Random Functional models of one Keras. Prints those that differ. 100 take two minutes.

options:
  --python=<program>  with Keras 3 and TensorFlow, or with TensorFlow 2.15 and its tf.keras; default: PYTHON, else python3
  --count=<number>    of models; default 100
  --seed=<number>     of the first one; default 0
  --form=<form>       low: in mixed precision, beside the same models in float32; quantized: by quantize() of Keras 3,
                      which is kept from rounding the inputs of layers; float8 is not trained
  --keep=<folder>     leaves the files there, and uses those that are there`;

export async function runGraphs(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string', default: process.env.PYTHON || 'python3' },
      count: { type: 'string', default: '100' },
      seed: { type: 'string', default: '0' },
      form: { type: 'string', default: '' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { python, count, seed, form, keep } = values;
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), 'graphs-')) : resolve(keep);
  try {
    if (!existsSync(join(folder, 'graphs.json')))
      console.log(await lastJson(python, ['-W', 'ignore', script, folder, count, seed, form]));
    process.exitCode = await runNode('--import', ['tsx', reader, folder]);
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

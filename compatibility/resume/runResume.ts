// `npm run compatibility -- resume`: ten steps of training in Keras, ten here, ten in Keras, beside thirty in Keras.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lastJson } from '../cases/kerasCases.js';
import {
  type FoundLosses,
  type LossesHere,
  RESUME_TOLERANCE,
  resumeFormats,
  type WantedLosses,
} from './resumeFiles.js';

const script = fileURLToPath(new URL('../keras_resume', import.meta.url));
const trainer = fileURLToPath(new URL('./readResume.ts', import.meta.url));

const USAGE = `npm run compatibility -- resume [options]
Each optimizer: 10 steps in Keras, saved, 10 here, saved, 10 in Keras, beside 30 steps in Keras; .keras and .h5 both ways.
Prints the largest difference of a loss; ${RESUME_TOLERANCE} is allowed. Takes three minutes.

options:
  --python=<program>  with Keras 3, or with TensorFlow 2.15 and its tf.keras; default: PYTHON, else python3
  --reader=<program>  with Keras 3, for the last steps; default: the same. Files that are saved here are those of Keras 3
  --keep=<folder>     leaves the files there, and uses those that are there`;

export async function runResume(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string', default: process.env.PYTHON || 'python3' },
      reader: { type: 'string' },
      keep: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { python, keep } = values;
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), 'resume-')) : resolve(keep);
  try {
    if (!existsSync(join(folder, 'wanted.json'))) await lastJson(python, ['-W', 'ignore', script, 'make', folder]);
    const { environment } = readJson<WantedLosses>(folder, 'wanted.json');
    const isOlder = values.reader === undefined && !/^(2|3\.1[5-9])/.test(environment.keras ?? '2');
    await lastJson(process.execPath, ['--import', 'tsx', trainer, folder, isOlder ? 'older' : '']);
    await lastJson(values.reader ?? python, ['-W', 'ignore', script, 'goOn', folder]);
    process.exitCode = report(folder, isOlder) ? 0 : 1;
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints a line for each optimizer; whether all losses are close. */
function report(folder: string, isOlder: boolean): boolean {
  const { environment, wanted, refused } = readJson<WantedLosses>(folder, 'wanted.json');
  const here = readJson<LossesHere>(folder, 'here.json');
  const then = readJson<FoundLosses>(folder, 'found.json');
  const [first, last] = [environment, then.environment].map((one) => Object.entries(one).flat().join(' '));
  console.log(`${first}; the last steps: ${last}`);
  for (const [title, reason] of Object.entries(refused)) console.log(`not in this Keras: ${title}: ${reason}`);
  for (const [title, reason] of Object.entries(then.unread))
    console.log(`Keras cannot read its own ${title}: ${reason}`);
  const differ: string[] = [];
  let worst = 0;
  for (const [title, losses] of Object.entries(wanted)) {
    const parts = resumeFormats.flatMap((from) => {
      const name = `${title}.${from}`;
      if (!(name in here)) return [];
      const isLeftOut = isOlder && title === 'Nadam'; // whose state has another order in older versions
      const formats = isLeftOut ? [] : resumeFormats.filter((to) => !(`${title}.${to}` in then.unread));
      const rows = formats.map((to) => [`${from} ${to}`, then.found[`${name}.${to}`], losses.slice(20)] as const);
      return [[`${from} here`, here[name], losses.slice(10, 20)] as const, ...rows];
    });
    const cells = parts.map(([way, found, expected]) => {
      const off = typeof found === 'object' ? largestDifference(found, expected) : Number.POSITIVE_INFINITY;
      if (!(off <= RESUME_TOLERANCE)) differ.push(`${title}, ${way}: ${found}, where Keras has ${expected}`);
      worst = Math.max(worst, off);
      return `${way} ${off.toExponential(1)}`;
    });
    console.log(`${title}: ${cells.join(', ')}`);
  }
  for (const line of differ) console.log(`DIFFERS ${line}`);
  console.log(`the largest difference of a loss: ${worst.toExponential(1)}`);
  return differ.length === 0 && Object.keys(wanted).length > 0;
}

function readJson<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}

function largestDifference(found: readonly number[], expected: readonly number[]): number {
  return Math.max(...expected.map((loss, i) => Math.abs(found[i] - loss)));
}

// Checks every architecture of keras.applications against real Keras: npm run compatibility -- --help
//
//   Keras makes and saves -> loaded here in fresh processes, compared -> saved here -> Keras loads, compared

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { root } from '../tools/setup.mjs';
import type { Architecture } from './architectures.js';
import { type Job, jobsOf, madeOf, type Subject, TOLERANCE } from './jobs.js';
import { askKeras, findKeras, type KerasVersions, type Made } from './keras.js';
import type { CompatibilityOptions } from './options.js';
import { Results } from './results.js';
import type { Environment, Numbers, RowKey } from './rows.js';

/** Measures the chosen architectures and writes the results. */
export async function runApplications(options: CompatibilityOptions): Promise<void> {
  const environment = environmentOf(findKeras(options.python));
  console.log(environment);
  const results = new Results(environment, options.out);
  const files = options.keep ?? mkdtempSync(join(tmpdir(), 'compatibility-'));
  const tidyUp = () => {
    if (options.keep === undefined) rmSync(files, { recursive: true, force: true });
  };
  process.once('exit', tidyUp);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  let failed = 0;
  for (const architecture of options.chosen)
    failed += await measureArchitecture(architecture, join(files, architecture.name), options, results);
  console.log(failed === 0 ? '\nAll agree with Keras' : `\n${failed} rows failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function environmentOf(keras: KerasVersions): Environment {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    keras: `${keras.keras} on ${keras.backend}`,
    python: keras.python,
    'tfjs-backend-convnet': version,
    tfjs: tf.version.tfjs,
    node: process.versions.node,
    processor: cpus()[0].model,
    cores: cpus().length,
  };
}

/** Checks an architecture and gives the number of rows that failed. */
async function measureArchitecture(
  architecture: Architecture,
  folder: string,
  { python, keep, resume }: CompatibilityOptions,
  results: Results,
): Promise<number> {
  const subject: Subject = { architecture, folder, python };
  const jobs = jobsOf(subject).filter(({ rows }) => !resume || !rows.every((row) => results.has(row)));
  if (jobs.length === 0) return 0;
  let failed = 0;
  try {
    subject.made = await make(architecture, folder, python);
    for (const job of jobs) failed += await runJob(job, subject, results);
  } catch (error) {
    for (const { rows } of jobs) failed += record(rows, [], error, subject, results);
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
  return failed;
}

/** Lets Keras make the files, unless they exist. */
async function make({ name, size }: Architecture, folder: string, python: string): Promise<Made> {
  const record = join(folder, 'made.json');
  if (existsSync(record)) return JSON.parse(readFileSync(record, 'utf8'));
  console.log(`${name}: Keras makes it`);
  mkdirSync(folder, { recursive: true });
  const made = await askKeras<Made>(python, ['make', name, `${size}`, folder]);
  writeFileSync(record, JSON.stringify(made)); // last: a folder without it is made again
  return made;
}

async function runJob(job: Job, subject: Subject, results: Results): Promise<number> {
  try {
    return record(job.rows, await job.run(), undefined, subject, results);
  } catch (error) {
    return record(job.rows, [], error, subject, results);
  }
}

function record(
  keys: readonly RowKey[],
  numbers: readonly Numbers[],
  error: unknown,
  subject: Subject,
  results: Results,
): number {
  const { inputShape, kerasPredictMs } = subject.made ?? {};
  const { fullSize } = subject.architecture;
  let failed = 0;
  keys.forEach((key, i) => {
    const reason = error === undefined ? wrongOf(numbers[i], madeOf(subject).parameters) : messageOf(error);
    if (reason !== undefined) failed++;
    const load = loadavg()[0];
    results.put({ ...key, ...numbers[i], inputShape, fullSize, kerasPredictMs, load, error: reason });
    print(key, numbers[i], reason);
  });
  return failed;
}

function wrongOf({ parameters, difference }: Numbers, expected: number): string | undefined {
  if (parameters !== expected) return `the model must have ${expected} parameters; received ${parameters}`;
  return difference < TOLERANCE ? undefined : `the difference must be below ${TOLERANCE}; received ${difference}`;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 2000);
}

function print({ architecture, direction, format, backend }: RowKey, numbers?: Numbers, error?: string): void {
  const title = `${architecture} ${direction} .${format} ${backend}`.padEnd(52);
  const times = ['loadMs', 'predictMs', 'saveMs', 'kerasLoadMs'] as const;
  const shown = times.flatMap((name) => (numbers?.[name] === undefined ? [] : [`${name} ${numbers[name].toFixed(0)}`]));
  const outcome = error === undefined ? '' : `FAILED: ${error}`;
  console.log(`${title} difference ${numbers?.difference.toExponential(1) ?? '-'} ${shown.join(' ')} ${outcome}`);
}

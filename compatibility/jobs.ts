// The checks of one architecture. Keras's files lie in a folder. Each job measures one or two rows of the results.

import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Architecture } from './architectures.js';
import { measureInChromium } from './chromium.js';
import type { NodeAnswer, NodeRequest } from './inNode.js';
import { askKeras, lastJson, type Made } from './keras.js';
import type { Numbers, RowKey } from './rows.js';

/** The limit of `difference`, the largest distance from Keras's output divided by Keras's largest output. */
export const TOLERANCE = 1e-4;

export interface Job {
  readonly rows: readonly RowKey[];
  /** The numbers of each row. */
  run(): Promise<Numbers[]>;
}

/** An architecture that is being checked. */
export interface Subject {
  readonly architecture: Architecture;
  readonly folder: string;
  readonly python: string;
  /** Keras's facts about it; undefined until Keras has made the files. */
  made?: Made;
}

const formats = ['keras', 'h5'] as const;

export function jobsOf(subject: Subject): Job[] {
  const { name, inBrowser, isSaved } = subject.architecture;
  const read = formats.map((format): Job => {
    const rows: RowKey[] = [{ architecture: name, direction: 'read', format, backend: 'convnet-cpu' }];
    return { rows, run: async () => [await readInNode(subject, format)] };
  });
  const webgl: RowKey = { architecture: name, direction: 'read', format: 'keras', backend: 'convnet-webgl' };
  const written = formats.map(
    (format): RowKey => ({ architecture: name, direction: 'written', format, backend: 'convnet-cpu' }),
  );
  return [
    ...read,
    ...(inBrowser ? [{ rows: [webgl], run: async () => [await readInBrowser(subject)] }] : []),
    ...(isSaved ? [{ rows: written, run: () => writeForKeras(subject) }] : []),
  ];
}

async function readInNode(subject: Subject, format: string): Promise<Numbers> {
  const { folder, architecture } = subject;
  const { inputShape } = madeOf(subject);
  const { output, saveMs, ...numbers } = await inFreshNode({
    backend: 'convnet-cpu',
    source: join(folder, `model.${format}`),
    input: join(folder, 'input.bin'),
    inputShape,
    runs: architecture.runs,
    saveTo: [],
  });
  return { ...numbers, ...compare(output, floatsOf(folder, `expected.${format}.bin`)) };
}

async function readInBrowser(subject: Subject): Promise<Numbers> {
  const { folder } = subject;
  const request = { backend: 'convnet-webgl', source: 'model.keras', inputShape: madeOf(subject).inputShape, runs: 3 };
  const { output, version, ...numbers } = await measureInChromium(folder, request);
  return { ...numbers, browser: version, ...compare(output, floatsOf(folder, 'expected.keras.bin')) };
}

/** Loads Keras's file, saves it in both formats, lets Keras load those, and compares the predictions. */
async function writeForKeras(subject: Subject): Promise<Numbers[]> {
  const { folder, python } = subject;
  const { inputShape } = madeOf(subject);
  const files = formats.map((format) => `saved.${format}`);
  try {
    const { output, saveMs, parameters } = await inFreshNode({
      backend: 'convnet-cpu',
      source: join(folder, 'model.keras'),
      input: join(folder, 'input.bin'),
      inputShape,
      runs: 1,
      saveTo: files.map((file) => join(folder, file)),
    });
    writeFileSync(join(folder, 'shape.json'), JSON.stringify(inputShape));
    const { kerasLoadMs } = await askKeras<{ kerasLoadMs: Record<string, number> }>(python, [
      'predict',
      folder,
      ...files,
    ]);
    return files.map((file, i) => ({
      parameters,
      saveMs: saveMs[i],
      kerasLoadMs: kerasLoadMs[file],
      ...compare(floatsOf(folder, `${file}.bin`), output),
    }));
  } finally {
    for (const file of files) rmSync(join(folder, file), { force: true });
  }
}

export function madeOf({ architecture, made }: Subject): Made {
  if (!made) throw new Error(`compatibility: Keras has not made ${architecture.name} yet`);
  return made;
}

async function inFreshNode(request: NodeRequest): Promise<NodeAnswer> {
  const script = fileURLToPath(new URL('./inNode.ts', import.meta.url));
  const args = ['--import', 'tsx', script, JSON.stringify(request)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 }).catch(rethrow);
  return lastJson(stdout);
}

/** Throws the message of the process instead of its command line. */
function rethrow({ stderr, signal, code }: { stderr: string; signal?: string; code?: number }): never {
  const message = /^\S*Error\b[\s\S]*?(?=\n {4}at )/m.exec(stderr)?.[0] ?? stderr.trim().slice(-500);
  throw new Error(`${message} (the process ended with ${signal ?? code})`);
}

function compare(actual: ArrayLike<number>, expected: ArrayLike<number>): { difference: number; largest: number } {
  if (actual.length !== expected.length) {
    throw new Error(`compatibility: the outputs must have one size; received ${actual.length} of ${expected.length}`);
  }
  let largest = 0;
  let distance = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    distance = Math.max(distance, Math.abs(actual[i] - expected[i])); // NaN stays
  }
  return { difference: distance / largest, largest };
}

function floatsOf(folder: string, file: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(join(folder, file))).buffer);
}

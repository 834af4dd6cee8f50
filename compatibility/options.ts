// The arguments of `npm run compatibility`.

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../tools/setup.mjs';
import { type Architecture, architectures } from './architectures.js';

export interface CompatibilityOptions {
  readonly chosen: readonly Architecture[];
  readonly python: string;
  /**
   * The folder that keeps Keras's files for the next run. Undefined: a temporary folder, emptied after each
   * architecture.
   */
  readonly keep?: string;
  /** Whether to skip rows that the results already have from the same versions and machine. */
  readonly resume: boolean;
  /** The JSON file of the results; the table is written beside it. Undefined: nothing is written. */
  readonly out?: string;
}

const USAGE = `npm run compatibility -- [options]
Real Keras makes each architecture of keras.applications with random weights; its files are loaded here and the
predictions compared, and the other way round. Needs Python with Keras; takes one to three hours.

options:
  --python=<program>   with Keras installed; default: the environment variable PYTHON, else python3
  --only=<name,name>   these architectures; results are not written unless --out names a file
  --fast               six small architectures; results are not written unless --out names a file
  --resume             goes on with a run that was interrupted: what is in the results already is not done again
  --keep=<folder>      leaves the files of Keras there (14 GB) and uses those that are there; default: removed as it goes
  --out=<file.json>    where the results go; default: docs/compatibility.json, and compatibility.md beside it`;

/** Undefined if help was asked for. */
export function parseOptions(args?: string[]): CompatibilityOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string', default: process.env.PYTHON || 'python3' },
      only: { type: 'string' },
      fast: { type: 'boolean', default: false },
      resume: { type: 'boolean', default: false },
      keep: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const { python, only, fast, resume, keep } = values;
  const isWhole = only === undefined && !fast;
  return {
    chosen: only === undefined ? architectures.filter(({ isFast }) => isFast || !fast) : named(only.split(',')),
    python,
    keep: keep === undefined ? undefined : resolve(keep),
    resume,
    out: values.out ?? (isWhole ? join(root, 'docs/compatibility.json') : undefined),
  };
}

function named(names: readonly string[]): readonly Architecture[] {
  const known = new Map(architectures.map((architecture) => [architecture.name.toLowerCase(), architecture]));
  return names.map((name) => {
    const found = known.get(name.toLowerCase());
    if (found) return found;
    const all = architectures.map((architecture) => architecture.name).join(', ');
    throw new Error(
      `compatibility: --only must name architectures of keras.applications, which are ${all}; received ${name}`,
    );
  });
}

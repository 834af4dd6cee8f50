// The arguments of `npm run compatibility -- layers|operations|models`.

import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../tools/setup.mjs';
import { checkResultsName } from '../document.js';
import type { Kind } from './kerasCases.js';

export interface CaseOptions {
  readonly kind: Kind;
  readonly python: string;
  /** A Python with tf.keras 2, which makes models too. */
  readonly tfKeras?: string;
  /** Names to try; undefined: all. */
  readonly only?: string;
  /** The folder that keeps the files; undefined: a temporary one. */
  readonly keep?: string;
  /** The JSON file of the results, if they are written. */
  readonly out?: string;
}

const USAGE = `npm run compatibility -- layers|operations|models [options]
Real Keras makes small models around every layer of keras.layers or operation of keras.ops, or whole networks; they are
read, run, differentiated, trained and saved here, and read by Keras again. Takes about half an hour each.

options:
  --python=<program>   with Keras 3, TensorFlow and JAX installed (pip install keras tensorflow-cpu jax h5py);
                       default: the environment variable PYTHON, else python3
  --tf-keras=<program> a Python with TensorFlow 2.15, whose tf.keras makes models too; default: none
  --only=<name,name>   these layers or operations; results are printed and not written unless --out names a file
  --keep=<folder>      leaves the files there, and makes only those that are missing
  --out=<file.json>    where the results go, a name that ends in -cases.json;
                       default: docs/compatibility-cases.json, and compatibility.md beside it`;

/** Undefined if help was asked for. */
export function parseCaseOptions(kind: Kind, args: string[]): CaseOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      python: { type: 'string', default: process.env.PYTHON || 'python3' },
      'tf-keras': { type: 'string' },
      only: { type: 'string' },
      keep: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const { python, only, keep, 'tf-keras': tfKeras } = values;
  const out = values.out ?? (only === undefined ? join(root, 'docs/compatibility-cases.json') : undefined);
  if (out !== undefined) checkResultsName(out, '-cases');
  return { kind, python, tfKeras, only, keep: keep === undefined ? undefined : resolve(keep), out };
}

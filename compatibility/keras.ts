// Runs compatibility/keras_models.py in the user's Python.

import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../tools/setup.mjs';

const script = fileURLToPath(new URL('./keras_models.py', import.meta.url));

/** The answer of `make`. */
export interface Made {
  readonly parameters: number;
  readonly layers: number;
  readonly inputShape: readonly number[];
  readonly kerasPredictMs: number;
}

export interface KerasVersions {
  readonly python: string;
  readonly keras: string;
  /** Keras's own backend and its version. */
  readonly backend: string;
}

/** Checks that this Python has Keras, and gives the versions. */
export function findKeras(python: string): KerasVersions {
  const { status, stdout, stderr, error } = spawnSync(python, [script, 'versions'], { encoding: 'utf8' });
  if (status === 0) return lastJson(stdout);
  const reason = error?.message ?? stderr.trim().split('\n').at(-1);
  throw new SetupError(`compatibility needs a Python with Keras 3, and '${python}' is none: ${reason}
Make one and name it:
  python3 -m venv .build/keras
  .build/keras/bin/pip install keras jax h5py
  npm run compatibility -- --python=.build/keras/bin/python
(on Windows .build\\keras\\Scripts\\pip.exe and python.exe)`);
}

/** Runs the script in a new process and gives the JSON of its last line. */
export async function askKeras<Answer>(python: string, args: readonly string[]): Promise<Answer> {
  const child = spawn(python, ['-W', 'ignore', script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`Keras: ${errors.trim().split('\n').slice(-6).join('\n')}`);
  return lastJson(out);
}

export function lastJson<Answer>(out: string): Answer {
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Answer;
}

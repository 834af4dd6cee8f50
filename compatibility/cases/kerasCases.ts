// Runs compatibility/keras_cases in the user's Python, with TensorFlow or JAX behind Keras.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../keras_cases', import.meta.url));

export type Kind = 'layers' | 'operations' | 'models';

/**
 * TensorFlow first: it computes small models without compiling them, and knows strings. JAX makes what TensorFlow cannot
 * compute on a CPU, for instance pictures whose channels come first.
 */
export const kerasBackends = ['tensorflow', 'jax'] as const;

/** A name that Keras exports. */
export interface CaseName {
  readonly name: string;
  readonly cases: number;
  /** The name of the same object that has the cases. */
  readonly alias?: string;
  /** Why there is no case. */
  readonly reason?: string;
}

export interface Names {
  readonly keras: string;
  readonly names: readonly CaseName[];
  /** Names of makers that Keras does not export. */
  readonly unknown: readonly string[];
}

export interface MadeCases {
  readonly made: number;
  readonly failures: readonly string[];
}

/** Runs one command in a process and gives the JSON of its last line. */
export function askCases<Answer>(python: string, backend: string, args: readonly string[]): Promise<Answer> {
  const env = { ...process.env, KERAS_BACKEND: backend };
  return lastJson(python, ['-W', 'ignore', folder, ...args], env);
}

/** Runs a program and gives the JSON of its last line. */
export async function lastJson<Answer>(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Answer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const texts = { out: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    texts.errors = (texts.errors + text).slice(-4000);
  });
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`compatibility: ${program} ended with ${status}: ${texts.errors.trim()}`);
  return JSON.parse(texts.out.trim().split('\n').at(-1) ?? '') as Answer;
}

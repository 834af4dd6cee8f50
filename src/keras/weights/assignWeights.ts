// Stored values -> the weights of a layer, if they fit; and the errors that say which do not.

import { tidy } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { KerasFileError } from '../../formats/kerasFileError.js';
import { type OwnState, ownState } from './ownState.js';
import { kerasClassName } from './statePaths.js';
import { type StoredValue, sameShape } from './storedValue.js';

type Layer = layers.Layer;

/** How strict a file's weights must match the model's, and what to call the file. */
export interface WeightRules {
  /** The version in the file, for messages. */
  readonly kerasVersion: string;
  /** Leave weights that the file lacks or has in another shape as they are, and ignore what is left over. */
  readonly skipMismatch?: boolean;
  /** Told what was skipped. */
  readonly onSkip?: (message: string) => void;
}

/** One layer and the values that the file has for it. */
export interface Assignment {
  readonly layer: Layer;
  /** Where the file has them, or should. */
  readonly path: string;
  readonly values: readonly StoredValue[];
  /** Default: the layer's own state. */
  readonly state?: OwnState;
}

/** What is wrong with an assignment, or null. */
export function mismatch({ layer, path, values, state = ownState(layer) }: Assignment, version: string): string | null {
  const { shapes, names } = state;
  const where = `layer '${layer.name}' (${kerasClassName(layer)})`;
  const file = `the file (Keras ${version}) has`;
  if (shapes.length !== values.length) {
    const expected = shapes.map((shape, i) => `${names[i]} ${text(shape)}`).join(', ');
    const found = values.map(({ shape }) => text(shape)).join(', ');
    return `${where}: expected ${shapes.length} weights${expected && `: ${expected}`}; ${file} ${values.length} at '${path}'${found && `: ${found}`}`;
  }
  const bad = shapes.findIndex((shape, i) => !sameShape(shape, values[i].shape));
  if (bad < 0) return null;
  return `${where}: expected ${names[bad]} of shape ${text(shapes[bad])}; ${file} shape ${text(values[bad].shape)} at '${values[bad].path}'`;
}

export function text(shape: Shape | readonly number[]): string {
  return `[${shape.map((size) => size ?? 'null').join(', ')}]`;
}

/**
 * Checks all assignments first and then makes them, so that a file that does not fit changes nothing.
 * @throws KerasFileError that lists what does not fit (ten at most).
 */
export async function assignAll(list: readonly Assignment[], rules: WeightRules, step: Step): Promise<void> {
  const problems = list.map((item) => mismatch(item, rules.kerasVersion));
  report(
    problems.filter((problem) => problem !== null),
    rules,
  );
  const good = list.filter((_, i) => problems[i] === null);
  const total = good.reduce((sum, { values }) => sum + values.reduce((n, { shape }) => n + sizeOf(shape), 0), 0) || 1;
  let done = 0;
  for (const { layer, values, state = ownState(layer) } of good) {
    tidy(() => state.write(values.map((value) => value.read())));
    done += values.reduce((n, { shape }) => n + sizeOf(shape), 0);
    await step(done / total);
  }
}

/** Called between layers with the fraction done; may throw to stop. */
export type Step = (fraction: number) => Promise<void> | void;

export function report(problems: readonly string[], { skipMismatch, onSkip }: WeightRules): void {
  if (problems.length === 0) return;
  if (skipMismatch) {
    for (const problem of problems) onSkip?.(problem);
    return;
  }
  const shown = problems.slice(0, 10).join('\n  ');
  const more = problems.length > 10 ? `\n  and ${problems.length - 10} more` : '';
  throw new KerasFileError(`weights do not fit the model:\n  ${shown}${more}`);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

// Writes stored values into the weights of layers, after checking that all fit; lists the values that do not.

import { dispose, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { KerasFileError } from '../../formats/kerasFileError.js';
import type { Step } from '../stepper.js';
import { type OwnState, ownState } from './ownState.js';
import { kerasClassName } from './statePaths.js';
import { type StoredValue, sameShape, sizeOf } from './storedValue.js';

type Layer = layers.Layer;

/** How strictly a file's weights must match the model's. */
export interface WeightRules {
  /** The version that the file names, for messages. */
  readonly kerasVersion: string;
  /**
   * Whether to leave a weight as it is that the file lacks or has in another shape, and to ignore values without a
   * weight.
   */
  readonly skipMismatch?: boolean;
  /**
   * Whether to read all values before the first is written, so that a value which cannot be read changes nothing. It takes
   * memory for all weights again, and is of no use to a model that is thrown away then. Default false.
   */
  readonly readsAllFirst?: boolean;
  /** Whether to freeze weights that the file holds as integers, as in Keras: for the model of the file itself. */
  readonly freezesIntegers?: boolean;
  /** Called with a message for each skipped weight. */
  readonly onSkip?: (message: string) => void;
  /** Called for each layer in place of writing the values into it: for a reader that only looks at them. */
  readonly take?: (assignment: Assignment) => Promise<void>;
}

/** A layer and the values that the file has for it. */
export interface Assignment {
  readonly layer: Layer;
  /** The place of the values in the file, for messages. */
  readonly path: string;
  readonly values: readonly StoredValue[];
  /** Default: the layer's own state. */
  readonly state?: OwnState;
  /**
   * With `skipMismatch`: whether the weights of the layer that follow one of another shape are set. Keras does so for
   * layouts by names of layers; in `.keras` and `.weights.h5` it sets those before it alone. Default false.
   */
  readonly setsRest?: boolean;
}

/** Why the values do not fit the layer, as a message; null if they fit. */
function mismatch({ layer, path, values, state = ownState(layer) }: Assignment, version: string): string | null {
  const { shapes, names } = state;
  const where = `layer '${layer.name}' (${kerasClassName(layer)})`;
  const file = `the file (Keras ${version}) has`;
  if (shapes.length !== values.length) {
    const expected = shapes.map((shape, i) => `${names[i]} ${shapeText(shape)}`).join(', ');
    const found = values.map(({ shape }) => shapeText(shape)).join(', ');
    return `${where}: expected ${shapes.length} weights${expected && `: ${expected}`}; ${file} ${values.length} at '${path}'${found && `: ${found}`}${quantizedHint(values)}`;
  }
  const bad = shapes.findIndex((shape, i) => !sameShape(shape, values[i].shape));
  if (bad < 0) return null;
  return `${where}: expected ${names[bad]} of shape ${shapeText(shapes[bad])}; ${file} shape ${shapeText(values[bad].shape)} at '${values[bad].path}'`;
}

/** What to do about quantised weights that are not complete. */
function quantizedHint(values: readonly StoredValue[]): string {
  return values.some(({ dtype }) => dtype === 'uint8')
    ? '. Keras 3.14 and 3.15 leave the zero points of GPTQ and AWQ out of this format: save the model as .h5'
    : '';
}

function shapeText(shape: Shape | readonly number[]): string {
  return `[${shape.map((size) => size ?? 'null').join(', ')}]`;
}

/**
 * Checks all assignments, then makes them, so that a file that does not fit changes nothing.
 * @throws KerasFileError that lists the layers that do not fit, ten at most.
 */
export async function assignWeights(list: readonly Assignment[], rules: WeightRules, step: Step): Promise<void> {
  const problems = list.map((item) => mismatch(item, rules.kerasVersion));
  skipOrThrow(
    problems.filter((problem) => problem !== null),
    rules,
  );
  const good = list.flatMap((item, i) => (problems[i] === null ? [item] : partThatFits(item)));
  const total = good.reduce((sum, { values }) => sum + sizeOfAll(values), 0) || 1;
  const read = rules.readsAllFirst ? readAll(good) : new Map<StoredValue, Tensor>();
  try {
    let done = 0;
    for (const item of good) {
      const { layer, values, state = ownState(layer) } = item;
      if (rules.take) await rules.take(item);
      else tidy(() => state.write(values.map((value) => read.get(value) ?? value.read())));
      dispose(values.map((value) => read.get(value)).filter((tensor) => tensor !== undefined));
      done += sizeOfAll(values);
      await step(done / total);
    }
  } finally {
    dispose([...read.values()].filter((tensor) => !tensor.isDisposed));
  }
}

/** The layer with its own values in the place of those that do not fit; none where the number of weights differs. */
function partThatFits(item: Assignment): Assignment[] {
  const { layer, values, state = ownState(layer), setsRest = false } = item;
  const { shapes } = state;
  if (shapes.length !== values.length) return [];
  const areFitting = shapes.map((shape, i) => sameShape(shape, values[i].shape));
  const first = areFitting.indexOf(false);
  const places = areFitting.flatMap((fits, i) => (fits && (setsRest || i < first) ? [i] : []));
  if (places.length === 0) return [];
  const write = (given: readonly Tensor[]) => {
    const all = state.read();
    places.forEach((place, i) => {
      all[place].dispose();
      all[place] = given[i];
    });
    state.write(all);
  };
  const pick = <T>(all: readonly T[]): T[] => places.map((place) => all[place]);
  const part: OwnState = { ...state, shapes: pick(shapes), names: pick(state.names), write };
  return [{ ...item, values: pick(values), state: part }];
}

function readAll(list: readonly Assignment[]): Map<StoredValue, Tensor> {
  const read = new Map<StoredValue, Tensor>();
  try {
    for (const value of list.flatMap(({ values }) => values)) read.set(value, value.read());
  } catch (error) {
    dispose([...read.values()]);
    throw error;
  }
  return read;
}

/** Skips what does not fit, or throws a KerasFileError that lists it, as the rules say. */
export function skipOrThrow(problems: readonly string[], { skipMismatch, onSkip }: WeightRules): void {
  if (problems.length === 0) return;
  if (skipMismatch) {
    for (const problem of problems) onSkip?.(problem);
    return;
  }
  const shown = problems.slice(0, 10).join('\n  ');
  const more = problems.length > 10 ? `\n  and ${problems.length - 10} more` : '';
  throw new KerasFileError(`weights do not fit the model:\n  ${shown}${more}`);
}

function sizeOfAll(values: readonly StoredValue[]): number {
  return values.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

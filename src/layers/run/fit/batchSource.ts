// Where the batches of an epoch come from: tensors that are cut, or what a dataset or a generator yields.

import {
  add,
  argMax,
  cast,
  dispose,
  equal,
  gather,
  mul,
  ones,
  reshape,
  round,
  scalar,
  slice,
  Tensor,
  tensor1d,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import { flattenTree, isTensor, type TensorTree } from '../../../core/tensorTree.js';
import { KerasValueError } from '../../base/kerasValueError.js';
import type { ClassWeight, FitBatch, FitSource } from './fitArgs.js';

/** The tensors of a batch, in the model's order. */
export interface Batch {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  /** One for each output. */
  readonly weights: readonly (Tensor | null)[];
  /** Frees what nobody else owns. */
  dispose(): void;
}

/** Batches that can be asked for again. */
export interface BatchSource {
  /** How many there are in an epoch; null: as many as come. */
  readonly steps: number | null;
  /** How many examples there are; null: nobody knows. */
  readonly samples: number | null;
  epoch(): AsyncIterable<Batch>;
}

/** Tensors with the examples along the first axis, in the model's order. */
export interface WholeData {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  readonly weights: readonly (Tensor | null)[];
}

/** Some examples: a part, or those of a list of indices. */
function rowsOf(x: Tensor, begin: number, size: number, order: Tensor | null): Tensor {
  if (order) return gather(x, order);
  const rest = x.shape.slice(1);
  return slice(x, [begin, ...rest.map(() => 0)], [size, ...rest]);
}

/** The examples from `begin` on, or those of a list. The caller's. */
export function cutBatch(data: WholeData, begin: number, size: number, order: readonly number[] | null): Batch {
  const { inputs, targets, weights } = data;
  const given = [...inputs, ...targets, ...weights];
  const found = tidy(() => {
    const indices = order ? tensor1d(order.slice(begin, begin + size), 'int32') : null;
    return given.flatMap((x) => (x ? [rowsOf(x, begin, size, indices)] : []));
  });
  let next = 0;
  const all = given.map((x) => (x ? found[next++] : null));
  return {
    inputs: all.slice(0, inputs.length) as Tensor[],
    targets: all.slice(inputs.length, inputs.length + targets.length) as Tensor[],
    weights: all.slice(inputs.length + targets.length),
    dispose: () => dispose(found),
  };
}

/** The same batches in each epoch, also where an epoch ends before the data do. */
export function restarted(make: () => BatchSource): BatchSource {
  return { ...make(), epoch: () => make().epoch() };
}

/** Cuts tensors into batches. */
export function tensorSource(data: WholeData, batchSize: number, shuffles: boolean, steps?: number): BatchSource {
  const samples = data.inputs[0].shape[0];
  const count = Math.ceil(samples / batchSize);
  let order: number[] | null = null;
  let next = count;
  return {
    samples,
    steps: steps ?? count,
    async *epoch() {
      if (steps === undefined || next >= count) {
        next = 0;
        if (shuffles) {
          order ??= Array.from({ length: samples }, (_, i) => i);
          util.shuffle(order);
        }
      }
      for (let step = 0; step < (steps ?? count); step++) {
        if (next >= count) return warnEnded(step, steps);
        const begin = next++ * batchSize;
        yield cutBatch(data, begin, Math.min(batchSize, samples - begin), order);
      }
    },
  };
}

/** How a model arranges what a batch holds. */
export interface Arrange {
  inputs(given: unknown): Tensor[];
  /** What is new in them, beside what was given, is the caller's. */
  targets(given: unknown, count: number): Tensor[];
  weights(given: unknown, targets: readonly Tensor[]): (Tensor | null)[];
}

/** A tensor, or null in the place of one. */
export const isGiven = (value: unknown): boolean => value === null || isTensor(value);

/** The batches of a dataset or a generator. */
export function streamSource(source: FitSource, arrange: Arrange, steps?: number): BatchSource {
  const { size } = source as { readonly size?: number };
  let iterator: AsyncIterator<unknown> | Iterator<unknown> | null = null;
  return {
    samples: null,
    steps: steps ?? (typeof size === 'number' && Number.isFinite(size) ? size : null),
    async *epoch() {
      const isOnce = typeof source !== 'function' && !('iterator' in source);
      if (iterator === null || (steps === undefined && !isOnce)) iterator = await iterate(source);
      for (let step = 0; steps === undefined || step < steps; step++) {
        let next = await iterator.next();
        if (next.done && step === 0 && steps !== undefined && !isOnce) {
          iterator = await iterate(source); // the last epoch ended with the data
          next = await iterator.next();
        }
        if (next.done) {
          if (!isOnce) iterator = null;
          return warnEnded(step, steps);
        }
        yield arrangeBatch(next.value, arrange);
      }
    },
  };
}

/** Keras cuts an epoch short where the data end; the next one begins with the first of them. */
function warnEnded(step: number, steps: number | undefined): void {
  if (steps === undefined) return;
  console.warn(
    `fit: the data ran out after ${step} of ${steps} batches; interrupting the epoch. There must be stepsPerEpoch * epochs batches.`,
  );
}

async function iterate(source: FitSource): Promise<AsyncIterator<unknown> | Iterator<unknown>> {
  if (typeof source === 'object' && 'iterator' in source) {
    return (await source.iterator()) as unknown as AsyncIterator<unknown>;
  }
  const found = (typeof source === 'function' ? source() : source) as AsyncIterable<unknown> & Iterable<unknown>;
  if (Symbol.asyncIterator in found) return found[Symbol.asyncIterator]();
  return (found as Iterable<unknown>)[Symbol.iterator]();
}

/** Whether the value yields batches. */
export function isSource(value: unknown): value is FitSource {
  if (typeof value === 'function') return true;
  if (value === null || typeof value !== 'object' || Array.isArray(value) || value instanceof Tensor) return false;
  if (ArrayBuffer.isView(value)) return false;
  return typeof (value as { iterator?: unknown }).iterator === 'function' || isIterable(value);
}

function isIterable(value: object): boolean {
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

function arrangeBatch(value: unknown, arrange: Arrange): Batch {
  const batch = value as FitBatch;
  const isPair = Array.isArray(batch);
  const { xs, ys, sampleWeight = null } = batch as Exclude<FitBatch, readonly unknown[]>;
  const [x, y, w = null] = isPair ? (batch as readonly [unknown, unknown, unknown?]) : [xs, ys, sampleWeight];
  const made: Tensor[] = [];
  try {
    if (x == null || y == null) {
      throw new KerasValueError(
        `fit: each batch must be {xs, ys} or [x, y]. Received: ${value instanceof Tensor ? 'a tensor' : JSON.stringify(Object.keys(value as object))}`,
      );
    }
    const inputs = arrange.inputs(x);
    const targets = arrange.targets(y, inputs[0].shape[0]);
    const given = new Set(flattenTree(y as TensorTree<Tensor>, isGiven));
    made.push(...targets.filter((target) => !given.has(target)));
    const weights = arrange.weights(w, targets);
    made.push(...(weights.filter((weight) => weight !== null) as Tensor[]));
    return { inputs, targets, weights, dispose: () => void dispose([value as never, ...made]) };
  } catch (error) {
    dispose([value as never, ...made]);
    throw error;
  }
}

/** The weight of each example by the class of its target: the number of a class, or a value for each class. */
export function weightsOfClasses(target: Tensor, weights: ClassWeight): Tensor {
  return tidy(() => {
    const labels =
      target.rank > 1 && target.shape.at(-1) !== 1
        ? argMax(target, -1)
        : target.rank > 1
          ? reshape(target, target.shape.slice(0, -1))
          : target;
    const numbers = cast(round(labels), 'int32');
    return Object.entries(weights).reduce<Tensor>((sum, [name, weight]) => {
      const isClass = cast(equal(numbers, scalar(Number(name), 'int32')), 'float32');
      return add(sum, mul(isClass, weight - 1));
    }, ones(numbers.shape));
  });
}

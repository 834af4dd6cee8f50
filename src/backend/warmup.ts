// warmup(): compile ahead, so that the first prediction is as quick as the others.

import { backend as activeBackend, ready, type Tensor, type Tensor4D, tidy, zeros } from '@tensorflow/tfjs-core';
import type { ConvAttrs } from '../core/conv.js';
import { check } from '../core/errors.js';
import { flattenTree, type TensorTree } from '../core/tensorTree.js';
import { groupConv2d } from '../ops/groupConv2d.js';

/** The part of a tf.LayersModel or tf.GraphModel that is needed. */
export interface WarmupModel {
  readonly inputs: readonly {
    readonly shape?: readonly (number | null)[] | null;
    readonly dtype: string;
    readonly name: string;
  }[];
  predict(inputs: Tensor | Tensor[]): unknown;
}

/** A convolution by its shapes: `x` [n, h, w, c] (or as `dataFormat` says), `filter` [kH, kW, c/groups, outC]. */
export interface WarmupConv extends Omit<ConvAttrs, 'strides' | 'pad'> {
  readonly x: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  /** Default 1. */
  readonly strides?: ConvAttrs['strides'];
  /** Default 'same'. */
  readonly pad?: ConvAttrs['pad'];
}

export interface WarmupOptions {
  /** The shapes of the model's inputs, in its order. Needed where a size other than the batch, which is then 1, is open. */
  readonly inputShapes?: readonly (readonly number[])[];
}

/**
 * Compiles what a model, or a list of convolutions, needs on the active backend. `convnet-webgl` links all programs side by
 * side without blocking the page and uploads weights; it predicts nothing. Other backends cannot compile without running:
 * there the model predicts zeros once.
 *
 * @param target A tf.LayersModel, a tf.GraphModel without control flow, or the shapes of convolutions.
 * @throws If an input's shape is open and `inputShapes` does not give it.
 */
export async function warmup(
  target: WarmupModel | readonly WarmupConv[],
  { inputShapes }: WarmupOptions = {},
): Promise<void> {
  await ready();
  const run = isModel(target) ? predictZeros(target, inputShapes) : () => target.map(convolveZeros);
  const backend = activeBackend() as { warmUp?(run: () => void): Promise<void> };
  if (backend.warmUp) {
    await backend.warmUp(() => void tidy(() => void run()));
    return;
  }
  const outputs = tidy(() => [run()].flat(2).filter(isTensor));
  await Promise.all(outputs.map((output) => output.data()));
  for (const output of outputs) output.dispose();
}

function isModel(target: WarmupModel | readonly WarmupConv[]): target is WarmupModel {
  return !Array.isArray(target);
}

function isTensor(value: unknown): value is Tensor {
  return value != null && typeof value === 'object' && 'dataId' in value;
}

function predictZeros(model: WarmupModel, inputShapes?: readonly (readonly number[])[]): () => unknown {
  const count = inputShapes?.length ?? model.inputs.length;
  check(count === model.inputs.length, 'warmup', `inputShapes must have ${model.inputs.length} shapes`, {
    inputShapes,
  });
  const shapes = model.inputs.map(({ name, shape }, i) => inputShapes?.[i] ?? closed(name, shape));
  return () => {
    const inputs = model.inputs.map(({ dtype }, i) => zeros([...shapes[i]], dtype as 'float32'));
    const outputs = model.predict(inputs.length === 1 ? inputs[0] : inputs);
    return flattenTree(outputs as TensorTree<unknown>);
  };
}

function closed(name: string, shape: readonly (number | null)[] | null | undefined): number[] {
  const sizes = shape?.map((size, i) => (i === 0 && (size == null || size < 0) ? 1 : size));
  const isKnown = sizes?.every((size) => size != null && size >= 0);
  check(isKnown === true, 'warmup', 'a model with inputs of open size needs the option inputShapes', {
    input: name,
    shape: shape ?? null,
  });
  return sizes as number[];
}

function convolveZeros({ x, filter, strides = 1, pad = 'same', dataFormat, dilations, dimRoundingMode }: WarmupConv) {
  return groupConv2d(
    zeros([...x]) as Tensor4D,
    zeros([...filter]) as Tensor4D,
    strides as never,
    pad as never,
    dataFormat,
    dilations ?? undefined,
    dimRoundingMode,
  );
}

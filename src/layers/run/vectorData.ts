// Data of models with vectors: inputs or outputs of rank 1, one number an example. TensorFlow.js makes columns of vectors
// before it checks and runs a model, so that such a model refuses its own data. Keras does not. The same checks serve
// losses whose targets have a shape of their own.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { everyLayerOf } from '../../tfjs/everyLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** Whether one of these tensors of a model has no axis but that of the batch. */
export function holdVectors(symbols: readonly SymbolicTensor[]): boolean {
  return symbols.some(({ shape }) => shape.length === 1);
}

type TargetShape = (output: Shape) => Shape;

/** Losses of Keras say what their targets look like: the shape itself, or that they are labels. */
interface Loss {
  readonly targetShape?: TargetShape;
  readonly takesLabels?: boolean;
}

/** Whether a loss has targets that TensorFlow.js would refuse. */
export function haveOwnTargets(losses: readonly (object | null)[]): boolean {
  return losses.some((loss) => loss !== null && 'targetShape' in loss);
}

/** Whether a layer, or one within it, gives outputs of other sizes in training than at inference. */
export function varySize(all: readonly object[]): boolean {
  return all.some((one) => {
    const { variesSize = false, layer } = one as Varying;
    const layers = everyLayerOf(one as { layers: [] }) ?? [];
    return variesSize || varySize(layer ? [...layers, layer] : layers);
  });
}

interface Varying {
  readonly variesSize?: boolean;
  readonly layers?: readonly object[];
  readonly layer?: object;
}

/** Shapes of which only the number of axes is known. */
export function withFreeSizes(symbols: readonly { readonly shape: Shape }[]): { shape: Shape }[] {
  return symbols.map(({ shape }) => ({ shape: shape.map(() => null) }));
}

/** What the targets of outputs look like. */
export function targetsFor(outputs: readonly SymbolicTensor[], losses: readonly (object | null)[]): { shape: Shape }[] {
  return outputs.map(({ shape }, i) => {
    const { targetShape, takesLabels }: Loss = losses[i] ?? {};
    if (targetShape) return { shape: targetShape(shape) };
    return { shape: takesLabels && shape.length > 1 ? [...shape.slice(0, -1), 1] : shape };
  });
}

/**
 * Checks data against the tensors of the model, as it is.
 * @param what 'input' or 'target', for the message.
 * @throws ValueError for another number of tensors, rank or size, and for different numbers of examples.
 */
export function checkData(
  where: string,
  what: string,
  data: readonly Tensor[],
  symbols: readonly { readonly shape: Shape }[],
): void {
  if (data.length !== symbols.length)
    throw new KerasValueError(`${where} expects ${symbols.length} ${what} tensors. Received: ${data.length}`);
  const free = symbols.findIndex(({ shape }) => shape[0] === null);
  const count = data[free]?.shape[0] ?? null; // tensors of a fixed number of examples may differ from it
  symbols.forEach(({ shape: [size, ...others] }, i) => {
    const found = data[i].shape;
    const expected = [size ?? count, ...others];
    if (found.length === expected.length && expected.every((n, axis) => n === null || n === found[axis])) return;
    throw new KerasValueError(
      `${where}: ${what} ${i} must have the shape ${showValue(expected)}. Received: shape=${showValue(found)}`,
    );
  });
}

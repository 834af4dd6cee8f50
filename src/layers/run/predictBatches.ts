// The outputs of a model for many examples, batch by batch.

import { clone, concat, slice, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

interface Runs {
  readonly outputs: readonly unknown[];
  run(inputs: readonly Tensor[], training?: boolean): Tensor[];
}

/**
 * @param symbols The inputs of the model. Where one has a batch of its own size, that size counts.
 * @throws ValueError for inputs of which one has more rows than another: a sum would take one row for all.
 */
export function checkRows(where: string, given: Tensor | Tensor[], symbols: readonly SymbolicTensor[]): void {
  const inputs = [given].flat().filter((_, i) => symbols[i]?.shape[0] === null);
  if (inputs.every((x) => x?.shape?.[0] === inputs[0]?.shape?.[0])) return;
  const shapes = inputs.map((x) => showValue(x?.shape)).join(', ');
  throw new KerasValueError(`${where}: all inputs must have the same number of rows. Received: shapes ${shapes}`);
}

/** One tensor for each output. The caller's. */
export function predictBatches(model: Runs, inputs: readonly Tensor[], count: number, batchSize: number): Tensor[] {
  return tidy(() => {
    if (count <= batchSize) return model.run(inputs, false).map((output) => clone(output));
    const parts: Tensor[][] = model.outputs.map(() => []);
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      const rows = () => inputs.map((x) => rowsOf(x, start, size));
      const batch = tidy(() => model.run(rows(), false).map((y) => clone(y)));
      batch.forEach((output, i) => {
        parts[i].push(output);
      });
    }
    return parts.map((batches) => concat(batches, 0));
  });
}

function rowsOf(x: Tensor, start: number, size: number): Tensor {
  const begin = x.shape.map((_, axis) => (axis === 0 ? start : 0));
  return slice(x, begin, [size, ...x.shape.slice(1)]);
}

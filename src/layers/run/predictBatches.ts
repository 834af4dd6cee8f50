// The outputs of a model for many examples, batch by batch.

import { clone, concat, slice, type Tensor, tidy } from '@tensorflow/tfjs-core';

interface Runs {
  readonly outputs: readonly unknown[];
  run(inputs: readonly Tensor[], training?: boolean): Tensor[];
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

// Why a model cannot be captured.

import { show } from '../core/errors.js';

/** The kernels whose results have a size that their values decide, and those that draw random numbers. */
const reasons: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'NonMaxSuppressionV3',
      'NonMaxSuppressionV4',
      'NonMaxSuppressionV5',
      'SparseFillEmptyRows',
      'SparseReshape',
      'RaggedGather',
      'RaggedRange',
      'RaggedTensorToTensor',
      'StringNGrams',
      'StringSplit',
      'Unique',
      'Where',
    ].map((name) => [name, 'the shape of its result depends on values']),
  ),
  FromPixels: 'it reads a picture; make the tensor before the call and pass it as an input',
  FusedUpdate: 'it changes variables',
  AdafactorUpdate: 'it changes variables',
};

/** Why a kernel is never captured; undefined for all others. */
export function reasonAgainst(kernelName: string): string | undefined {
  return reasons[kernelName];
}

/** The model cannot be captured. */
export class Refusal extends Error {
  constructor(reason: string, received: Readonly<Record<string, unknown>>) {
    const values = Object.entries(received).map(([name, value]) => `${name}=${show(value)}`);
    super(`capture: ${reason}; received ${values.join(', ')}`);
  }

  /** Adds the layer in which it was thrown. */
  nameLayer(layer: string): void {
    this.message += `, layer=${show(layer)}`;
  }
}

/** Two runs of the model differ, so that there is nothing to replay. A third run may agree with the second. */
export class Unstable extends Refusal {}

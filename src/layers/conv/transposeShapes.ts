// Output shapes of transposed convolutions. An input at i and a tap at k contribute to the output
//   o = i*stride + k*dilation - before
// and the first `size` outputs are kept.
// Source: the output shapes in https://keras.io/api/layers/convolution_layers/convolution2d_transpose/

import type { Shape } from '@tensorflow/tfjs-layers';
import type { KerasPadding } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { checkRank, composeShape, splitShape, type Window } from './convShapes.js';

/** The geometry of a transposed convolution. */
export interface TransposeWindow extends Window {
  readonly padding: KerasPadding;
  /** Size added at the end of each spatial dimension; null: the size that `padding` implies. */
  readonly outputPadding: readonly number[] | null;
}

/** The output's size along the spatial dimension i. */
export function transposedSize(window: TransposeWindow, size: number, i: number): number {
  const { padding, outputPadding } = window;
  const stride = window.strides[i];
  const span = spanOf(window, i);
  const extra = outputPadding?.[i];
  if (padding === 'valid') return (size - 1) * stride + span + (extra ?? Math.max(stride - span, 0));
  return extra === undefined ? size * stride : (size - 1) * stride + (span % 2) + extra;
}

/** How many outputs are cropped in front, along the spatial dimension i. */
export function cropBefore(window: TransposeWindow, i: number): number {
  const { padding, outputPadding } = window;
  if (padding === 'valid') return 0;
  const stride = window.strides[i];
  const span = spanOf(window, i);
  const extra = outputPadding?.[i];
  // The same outputs follow from a convolution over the dilated input, padded with `zeros` zeros; an odd one is in
  // front.
  const zeros = extra === undefined ? stride + span - 2 : span + (span % 2) - 2 + extra;
  return span - 1 - Math.min(Math.ceil(zeros / 2), span - 1);
}

function spanOf({ kernelSize, dilationRate }: Window, i: number): number {
  return (kernelSize[i] - 1) * dilationRate[i] + 1;
}

/**
 * The output's shape with `filters` channels. Throws ValueError for a wrong rank, and if a known size would be below 1.
 */
export function transposedShape(
  window: TransposeWindow,
  inputShape: Shape,
  filters: number,
  kernelShape: Shape,
): Shape {
  checkRank(window, inputShape, kernelShape);
  const { batch, spatial } = splitShape(inputShape, window.dataFormat);
  const outSpatial = spatial.map((size, i) => (size === null ? null : transposedSize(window, size, i)));
  if (outSpatial.some((size) => size !== null && size <= 0)) {
    throw new KerasValueError(
      `Computed output size would be zero or negative. Received: inputs shape=${showValue(inputShape)}, kernel shape=${showValue(kernelShape)}, strides=${showValue(window.strides)}, padding='${window.padding}', output_padding=${showValue(window.outputPadding)}`,
    );
  }
  return composeShape(batch, outSpatial, filters, window.dataFormat);
}

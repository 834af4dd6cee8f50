// Transposed convolution: the gradient of a convolution with respect to its input, as an operation of its own. Its
// kernel is differentiable to any order on every backend (src/ops/gradients.ts).

import { add, engine, type NamedTensorMap, reshape, type Tensor, transpose } from '@tensorflow/tfjs-core';
import type { ExplicitPadding } from '../../core/conv.js';
import { ensureGroupKernels } from '../../ops/kernels.js';
import type { ActivationFunction } from '../activations/activations.js';
import { composeShape, splitShape } from './convShapes.js';
import { convTranspose3dBySlices } from './convTranspose3dBySlices.js';
import { addHeight, dropHeight, tfjsFormat, windowWithHeight } from './runConv.js';
import { cropBefore, type TransposeWindow, transposedSize } from './transposeShapes.js';

/** The operands of `runConvTranspose`. */
export interface ConvTransposeCall {
  /** [batch, ...spatial, channels] or [batch, channels, ...spatial], with one to three spatial dimensions. */
  readonly x: Tensor;
  /** [...kernelSize, filters, inC] */
  readonly kernel: Tensor;
  readonly window: TransposeWindow;
  /** [filters] */
  readonly bias?: Tensor;
  readonly activation: ActivationFunction;
}

/** activation(convTranspose(x) + bias) */
export function runConvTranspose({ x, kernel, window, bias, activation }: ConvTransposeCall): Tensor {
  const y = [transpose1d, transpose2d, transpose3d][window.kernelSize.length - 1](x, kernel, window);
  if (!bias) return activation.apply(y);
  const isLast = window.dataFormat === 'channels_last';
  return activation.apply(add(y, isLast ? bias : reshape(bias, [-1, ...window.kernelSize.map(() => 1)])));
}

function transpose1d(x: Tensor, kernel: Tensor, window: TransposeWindow): Tensor {
  const { dataFormat, outputPadding } = window;
  const onRow: TransposeWindow = {
    ...windowWithHeight(window),
    padding: window.padding,
    outputPadding: outputPadding && [0, ...outputPadding],
  };
  const y = transpose2d(addHeight(x, dataFormat), reshape(kernel, [1, ...kernel.shape]), onRow);
  return dropHeight(y, dataFormat);
}

function transpose3d(x: Tensor, kernel: Tensor, window: TransposeWindow): Tensor {
  if (window.dataFormat === 'channels_last') return convTranspose3dBySlices(transpose2d, { x, kernel, window });
  const last = transpose(x, [0, 2, 3, 4, 1]);
  return transpose(convTranspose3dBySlices(transpose2d, { x: last, kernel, window }), [0, 4, 1, 2, 3]);
}

function transpose2d(x: Tensor, kernel: Tensor, window: TransposeWindow): Tensor {
  const { dataFormat, kernelSize, strides, dilationRate } = window;
  const { batch, spatial } = splitShape(x.shape, dataFormat);
  const pads = spatial.map((knownSize, i) => {
    const size = knownSize as number;
    const span = (kernelSize[i] - 1) * dilationRate[i] + 1;
    const before = cropBefore(window, i);
    // How far the taps of the last input reach beyond the kept outputs; 0 if they end before them.
    const after = Math.max((size - 1) * strides[i] + span - before - transposedSize(window, size, i), 0);
    return [before, after] as const;
  });
  const outSpatial = spatial.map((size, i) => transposedSize(window, size as number, i));
  const inputShape = composeShape(batch, outSpatial, kernel.shape.at(-2) as number, dataFormat);
  const none = [0, 0] as const;
  const pad: ExplicitPadding =
    dataFormat === 'channels_last' ? [none, pads[0], pads[1], none] : [none, none, pads[0], pads[1]];
  ensureGroupKernels();
  const attrs = { strides, pad, dataFormat: tfjsFormat(dataFormat), dilations: dilationRate, inputShape };
  const inputs = { dy: x, filter: kernel } as unknown as NamedTensorMap;
  return engine().runKernel('GroupConv2DBackpropInput', inputs, attrs as unknown as Record<string, never>);
}

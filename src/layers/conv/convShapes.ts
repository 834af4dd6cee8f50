// Output shapes of convolution layers. Unknown sizes are null. Source: https://keras.io/api/layers/convolution_layers/
//   'valid'            out = floor((in - span)/stride) + 1, where span = (kernel - 1)*dilation + 1
//   'same', 'causal'   out = floor((in - 1)/stride) + 1

import type { Shape } from '@tensorflow/tfjs-layers';
import type { KerasDataFormat, KerasPadding } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

/** 'causal' exists in 1D only. It pads in front, so that no output sees a later input. */
export type ConvPadding = KerasPadding | 'causal';

/** The geometry of a convolution. Each list has a value per spatial dimension. */
export interface Window {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: ConvPadding;
  readonly dataFormat: KerasDataFormat;
}

/** The axis of the channels: -1 for channels_last, 1 for channels_first. */
export function channelAxis(dataFormat: KerasDataFormat): 1 | -1 {
  return dataFormat === 'channels_last' ? -1 : 1;
}

/** Splits a shape of either data format into batch, channels and spatial sizes. */
export function splitShape(
  shape: Shape,
  dataFormat: KerasDataFormat,
): { batch: number | null; channels: number | null; spatial: Shape } {
  const [batch, ...others] = shape;
  return dataFormat === 'channels_last'
    ? { batch, spatial: others.slice(0, -1), channels: others.at(-1) ?? null }
    : { batch, spatial: others.slice(1), channels: others[0] ?? null };
}

/** Composes the shape of this data format from its parts. */
export function composeShape(
  batch: number | null,
  spatial: Shape,
  channels: number | null,
  dataFormat: KerasDataFormat,
): Shape {
  return dataFormat === 'channels_last' ? [batch, ...spatial, channels] : [batch, channels, ...spatial];
}

/**
 * The output's shape with `filters` channels. Throws ValueError for a wrong rank, and if a known size would be below 1.
 */
export function convOutputShape(window: Window, inputShape: Shape, filters: number | null, kernelShape: Shape): Shape {
  const { dataFormat } = window;
  checkRank(window, inputShape, kernelShape);
  const { batch, spatial } = splitShape(inputShape, dataFormat);
  const outSpatial = spatial.map((size, i) => (size === null ? null : outputSize(window, size, i)));
  if (outSpatial.some((size) => size !== null && size <= 0)) {
    throw new KerasValueError(
      `Computed output size would be zero or negative. Received: inputs shape=${showValue(inputShape)}, kernel shape=${showValue(kernelShape)}, dilation_rate=${showValue(window.dilationRate)}, strides=${showValue(window.strides)}, padding='${window.padding}'`,
    );
  }
  return composeShape(batch, outSpatial, filters, dataFormat);
}

/** @throws ValueError if the input's rank is not that of the kernel. */
export function checkRank({ kernelSize }: Window, inputShape: Shape, kernelShape: Shape): void {
  if (inputShape.length === kernelSize.length + 2) return;
  throw new KerasValueError(
    `Kernel shape must have the same length as input, but received kernel of shape ${showValue(kernelShape)} and input of shape ${showValue(inputShape)}`,
  );
}

function outputSize({ kernelSize, strides, dilationRate, padding }: Window, size: number, i: number): number {
  if (padding !== 'valid') return Math.floor((size - 1) / strides[i]) + 1;
  const span = (kernelSize[i] - 1) * dilationRate[i] + 1;
  return Math.floor((size - span) / strides[i]) + 1;
}

/** The number of input channels. Throws ValueError if it is unknown, since the kernel's shape depends on it. */
export function knownChannels(where: string, inputShape: Shape, dataFormat: KerasDataFormat): number {
  const channels = inputShape[dataFormat === 'channels_last' ? inputShape.length - 1 : 1];
  if (channels === null || channels === undefined) {
    throw new KerasValueError(
      `The channel dimension of the inputs to ${where} should be defined. Received: input_shape=${showValue(inputShape)}`,
    );
  }
  return channels;
}

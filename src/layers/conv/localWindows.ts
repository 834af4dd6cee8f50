// Which inputs and which weights meet in a locally connected layer: index tables, for the three forms in which tf.keras
// files the kernel.
//
//   position  an output position, row by row              P of them
//   entry     a tap of the window and an input channel    K of them, in the order of the data format
//
// Source: https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/layers/LocallyConnected2D

import { util } from '@tensorflow/tfjs-core';
import type { KerasDataFormat, KerasPadding } from '../base/fields.js';

/** The geometry of a locally connected layer. Lists have a value per spatial dimension. */
export interface LocalGeometry {
  readonly inputSize: readonly number[];
  readonly outputSize: readonly number[];
  readonly channels: number;
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: KerasPadding;
  readonly dataFormat: KerasDataFormat;
}

/** How the kernel is filed: tf.keras's argument `implementation`. */
export type KernelForm = 1 | 2 | 3;

const product = (sizes: readonly number[]) => util.sizeFromShape([...sizes]);

/** The number of output positions. */
export function positionCount({ outputSize }: LocalGeometry): number {
  return product(outputSize);
}

/** The number of values of one example. */
export function inputCount({ inputSize, channels }: LocalGeometry): number {
  return product(inputSize) * channels;
}

/** The number of entries of a window. */
export function entryCount({ kernelSize, channels }: LocalGeometry): number {
  return product(kernelSize) * channels;
}

/** The kernel's shape: one matrix for each position, a matrix from all inputs to all outputs, or the latter's entries. */
export function localKernelShape(form: KernelForm, geometry: LocalGeometry): number[] {
  const { inputSize, outputSize, channels, filters, dataFormat } = geometry;
  if (form === 1) return [positionCount(geometry), entryCount(geometry), filters];
  if (form === 3) return [inputTable(geometry).filter((input) => input >= 0).length * filters];
  return dataFormat === 'channels_last'
    ? [...inputSize, channels, ...outputSize, filters]
    : [channels, ...inputSize, filters, ...outputSize];
}

/** The places [P, K] of the inputs of each window within one example, flat; -1 beyond the border. */
export function inputTable(geometry: LocalGeometry): Int32Array {
  const { inputSize, outputSize, channels, kernelSize, dataFormat } = geometry;
  const [taps, entries, pixels] = [product(kernelSize), entryCount(geometry), product(inputSize)];
  const isLast = dataFormat === 'channels_last';
  const table = new Int32Array(positionCount(geometry) * entries);
  for (let position = 0; position * entries < table.length; position++) {
    const at = placeOf(position, outputSize);
    for (let tap = 0; tap < taps; tap++) {
      const pixel = pixelOf(geometry, at, placeOf(tap, kernelSize));
      for (let channel = 0; channel < channels; channel++) {
        const entry = isLast ? tap * channels + channel : channel * taps + tap;
        const place = isLast ? pixel * channels + channel : channel * pixels + pixel;
        table[position * entries + entry] = pixel < 0 ? -1 : place;
      }
    }
  }
  return table;
}

/** The places [P, K, filters] of the weights within the kernel, flat; -1 beyond the border. */
export function weightTable(form: Exclude<KernelForm, 1>, geometry: LocalGeometry): Int32Array {
  const inputs = inputTable(geometry);
  return form === 2 ? placesInMatrix(geometry, inputs) : placesInList(geometry, inputs);
}

/** The kernel is a matrix from all inputs to all outputs. */
function placesInMatrix(geometry: LocalGeometry, inputs: Int32Array): Int32Array {
  const outputs = positionCount(geometry) * geometry.filters;
  return tableOf(geometry, inputs, (i, output) => inputs[i] * outputs + output);
}

/** The kernel has the entries of that matrix alone: output by output, and in each by the place of the input. */
function placesInList(geometry: LocalGeometry, inputs: Int32Array): Int32Array {
  const entries = entryCount(geometry);
  const outputs = positionCount(geometry) * geometry.filters;
  const before = new Int32Array(inputs.length); // entries within the border before this one, in its window
  const counts = new Int32Array(positionCount(geometry));
  for (const [i, input] of inputs.entries()) {
    const position = Math.floor(i / entries);
    before[i] = counts[position];
    if (input >= 0) counts[position]++;
  }
  const starts = new Int32Array(outputs + 1);
  for (let output = 0; output < outputs; output++)
    starts[output + 1] = starts[output] + counts[positionOf(geometry, output)];
  return tableOf(geometry, inputs, (i, output) => starts[output] + before[i]);
}

/** Asks for the place of the weight of each input in the windows and each output, both flat. */
function tableOf(geometry: LocalGeometry, inputs: Int32Array, placeAt: (i: number, output: number) => number) {
  const { filters, dataFormat } = geometry;
  const [entries, positions] = [entryCount(geometry), positionCount(geometry)];
  const table = new Int32Array(inputs.length * filters);
  for (let i = 0; i < inputs.length; i++) {
    const position = Math.floor(i / entries);
    for (let filter = 0; filter < filters; filter++) {
      const output = dataFormat === 'channels_last' ? position * filters + filter : filter * positions + position;
      table[i * filters + filter] = inputs[i] < 0 ? -1 : placeAt(i, output);
    }
  }
  return table;
}

/** The position of an output, flat. */
function positionOf(geometry: LocalGeometry, output: number): number {
  return geometry.dataFormat === 'channels_last'
    ? Math.floor(output / geometry.filters)
    : output % positionCount(geometry);
}

/** The pixel under a tap, flat; -1 beyond the border. With 'same' the window's middle lies on position * stride. */
function pixelOf(geometry: LocalGeometry, position: readonly number[], tap: readonly number[]): number {
  const { inputSize, kernelSize, strides, padding } = geometry;
  let pixel = 0;
  for (const [i, size] of inputSize.entries()) {
    const first = position[i] * strides[i] - (padding === 'same' ? Math.floor(kernelSize[i] / 2) : 0);
    const at = first + tap[i];
    if (at < 0 || at >= size) return -1;
    pixel = pixel * size + at;
  }
  return pixel;
}

/** The indices of a flat place, row by row. */
function placeOf(flat: number, sizes: readonly number[]): number[] {
  const place = sizes.map(() => 0);
  for (let i = sizes.length - 1, rest = flat; i >= 0; rest = Math.floor(rest / sizes[i]), i--)
    place[i] = rest % sizes[i];
  return place;
}

// Compares convolution layers with plain loops, in both data formats, for geometries in one to three dimensions.

import * as tf from '@tensorflow/tfjs';
import type { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import {
  Conv1D,
  Conv1DTranspose,
  Conv2D,
  Conv2DTranspose,
  Conv3D,
  Conv3DTranspose,
  DepthwiseConv1D,
  DepthwiseConv2D,
  SeparableConv1D,
  SeparableConv2D,
} from '../../../src/layers/conv/index.js';
import { shareFor, tableBackends, useBackend } from '../../support/backends.js';
import { convLoop, type Nd, transposeLoop } from '../../support/layers/convLoop.js';
import { expectNear, pattern } from '../../support/layers/testConvGoldens.js';

interface Case {
  readonly spatial: readonly number[];
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: 'valid' | 'same';
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
}

const batch = 2;
const ones = (rank: number) => Array<number>(rank).fill(1);

function table(): Case[] {
  const spatialOf = { 1: [7], 2: [7, 6], 3: [5, 4, 4] } as const;
  const kernels = [
    [1, 1, 1],
    [3, 2, 2],
    [2, 3, 1],
    [4, 1, 3],
  ];
  const moves = [
    [1, 1, 1],
    [2, 3, 2],
    [3, 2, 1],
  ];
  const cases: Case[] = [];
  for (const rank of [1, 2, 3] as const)
    for (const [i, kernel] of kernels.entries())
      for (const [j, move] of moves.entries())
        for (const padding of ['valid', 'same'] as const) {
          const groups = (i + j) % 2 === 0 ? 1 : 2;
          const common = {
            spatial: spatialOf[rank],
            kernelSize: kernel.slice(0, rank),
            padding,
            channels: 2 * groups,
            filters: 3 * groups,
            groups,
          };
          cases.push({ ...common, strides: move.slice(0, rank), dilationRate: ones(rank) });
          const fits = spatialOf[rank].every(
            (size, axis) => padding === 'same' || (kernel[axis] - 1) * move[axis] < size,
          );
          if (j > 0 && fits) cases.push({ ...common, strides: ones(rank), dilationRate: move.slice(0, rank) });
        }
  return cases;
}

const convs = { 1: Conv1D, 2: Conv2D, 3: Conv3D } as const;
const transposes = { 1: Conv1DTranspose, 2: Conv2DTranspose, 3: Conv3DTranspose } as const;
const depthwises = { 1: DepthwiseConv1D, 2: DepthwiseConv2D } as const;
const separables = { 1: SeparableConv1D, 2: SeparableConv2D } as const;
type Rank = 1 | 2 | 3;
type Format = 'channels_last' | 'channels_first';

/** Where TensorFlow puts the windows: the odd zero of 'same' is behind. */
function windowsOf({ spatial, kernelSize, strides, dilationRate, padding }: Case) {
  const spans = kernelSize.map((k, i) => (k - 1) * dilationRate[i] + 1);
  const outSpatial = spatial.map((size, i) =>
    padding === 'same' ? Math.ceil(size / strides[i]) : Math.floor((size - spans[i]) / strides[i]) + 1,
  );
  const before = outSpatial.map((out, i) =>
    padding === 'same' ? Math.floor(Math.max((out - 1) * strides[i] + spans[i] - spatial[i], 0) / 2) : 0,
  );
  return { outSpatial, before, strides, dilations: dilationRate };
}

const nd = (tensor: tf.Tensor): Nd => ({ shape: tensor.shape, values: tensor.dataSync() });

function toFormat(x: tf.Tensor, format: Format): tf.Tensor {
  const axes = x.shape.map((_, i) => i);
  return format === 'channels_last' ? x : tf.transpose(x, [0, x.rank - 1, ...axes.slice(1, -1)]);
}

function toLast(y: tf.Tensor, format: Format): tf.Tensor {
  const axes = y.shape.map((_, i) => i);
  return format === 'channels_last' ? y : tf.transpose(y, [0, ...axes.slice(2), 1]);
}

interface Run {
  readonly layer: KerasLayer;
  readonly shape: readonly number[];
  readonly format: Format;
  /** The layer's outputs without bias, from the input and the weights. */
  expected(x: Nd, weights: readonly Nd[]): number[];
}

function compare({ layer, shape, format, expected }: Run): void {
  tf.tidy(() => {
    const x = pattern(shape, 0);
    const input = toFormat(x, format);
    layer.build(input.shape);
    layer.built = true;
    const weights = layer.stateShapes().map((shape, k) => pattern(shape as number[], k + 1));
    layer.loadState(weights);
    const y = toLast(layer.apply(input) as tf.Tensor, format);
    const bias = nd(weights[weights.length - 1]);
    const filters = bias.shape[0];
    const sums = expected(nd(x), weights.map(nd)).map((v, i) => v + bias.values[i % filters]);
    expectNear(y, sums, layer.getClassName());
  });
  for (const weight of layer.weights) weight.dispose();
}

function testForward(c: Case, format: Format): void {
  const rank = c.spatial.length as Rank;
  const { channels, spatial, groups, filters, ...window } = c;
  const shape = [batch, ...spatial, channels];
  compare({
    layer: new convs[rank]({ ...window, filters, groups, dataFormat: format }),
    shape,
    format,
    expected: (x, [w]) => convLoop({ x, w, ...windowsOf(c) }),
  });
  if (rank === 3) return;
  const depthwise = (x: Nd, w: Nd) => {
    const grouped = { shape: [...c.kernelSize, 1, channels * 2], values: w.values };
    return convLoop({ x, w: grouped, ...windowsOf(c) });
  };
  const args = { ...window, depthMultiplier: 2, dataFormat: format };
  compare({ layer: new depthwises[rank](args), shape, format, expected: (x, [w]) => depthwise(x, w) });
  compare({
    layer: new separables[rank]({ ...args, filters }),
    shape,
    format,
    expected(x, [w, pointwise]) {
      const { outSpatial } = windowsOf(c);
      const middle = { shape: [batch, ...outSpatial, channels * 2], values: depthwise(x, w) };
      const one = ones(rank);
      return convLoop({ x: middle, w: pointwise, strides: one, dilations: one, outSpatial, before: one.map(() => 0) });
    },
  });
}

/** 'valid' and 'same' without output padding: the sizes that give the input back under the forward convolution. */
function testTranspose(c: Case, format: Format): void {
  const rank = c.spatial.length as Rank;
  const { channels, spatial, groups: _, filters, ...window } = c;
  const { kernelSize, strides, dilationRate: dilations, padding } = window;
  const spans = kernelSize.map((k, i) => (k - 1) * dilations[i] + 1);
  const outSpatial = spatial.map((size, i) =>
    padding === 'same' ? size * strides[i] : (size - 1) * strides[i] + Math.max(spans[i], strides[i]),
  );
  // The padding of the forward convolution from outSpatial to spatial.
  const before = spans.map((span, i) => (padding === 'same' ? Math.floor(Math.max(span - strides[i], 0) / 2) : 0));
  compare({
    layer: new transposes[rank]({ ...window, filters, dataFormat: format }),
    shape: [batch, ...spatial, channels],
    format,
    expected: (x, [w]) => transposeLoop({ x, w, strides, dilations, outSpatial, before }),
  });
}

const titleOf = (c: Case) =>
  `[${c.spatial}] k${c.kernelSize} s${c.strides} d${c.dilationRate} ${c.padding} groups ${c.groups}`;

for (const backend of tableBackends) {
  describe(`convolution layers and plain loops, ${backend}`, () => {
    useBackend(backend);
    for (const c of shareFor(backend, table(), 11)) {
      it(titleOf(c), () => {
        for (const format of ['channels_last', 'channels_first'] as const) {
          testForward(c, format);
          testTranspose(c, format);
        }
      });
    }
  });
}

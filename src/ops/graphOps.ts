// Convolution nodes of graph models (tf.loadGraphModel) that the converter's own executors refuse or get wrong: grouped,
// NCHW, and dilated together with strides. A registered op replaces the executor of the same name for models that are
// loaded afterwards.
//
// Attributes are those of the TensorFlow ops, with one entry per dimension in the order of the data format:
// https://www.tensorflow.org/api_docs/python/tf/raw_ops/Conv2D

import { reshape, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { DataFormat } from '../../kernels/conv.js';
import type { ExplicitPadding, Padding } from '../core/conv.js';
import { check, show } from '../core/errors.js';
import { fused, groupConv2d } from './groupConv2d.js';

/** The part of @tensorflow/tfjs-converter that is needed; the union package `tf` has it too. */
export interface GraphConverter {
  registerOp(name: string, op: (node: GraphNode) => Tensor): void;
  deregisterOp(name: string): void;
}

interface GraphNode {
  readonly inputs: Tensor[];
  readonly attrs: Readonly<Record<string, unknown>>;
}

/**
 * Lets tf.loadGraphModel run grouped, NCHW and dilated `Conv2D`, `_FusedConv2D`, `DepthwiseConv2dNative` and
 * `FusedDepthwiseConv2dNative` nodes, on any backend, in models loaded from now on.
 *
 * @param converter Where to register the ops. Default: the package @tensorflow/tfjs-converter, imported on demand.
 * @returns A function that takes the ops out again.
 */
export async function installGraphOps(converter?: GraphConverter): Promise<() => void> {
  const { registerOp, deregisterOp } = converter ?? ((await import('./graphConverter.js')) as GraphConverter);
  // The converter calls registered ops outside any tf.tidy scope.
  for (const [name, op] of Object.entries(ops)) registerOp(name, (node) => tidy(() => op(node)));
  return () => {
    for (const name of Object.keys(ops)) deregisterOp(name);
  };
}

const ops: Readonly<Record<string, (node: GraphNode) => Tensor>> = {
  Conv2D: (node) => conv(node, node.inputs[1]),
  DepthwiseConv2dNative: (node) => conv(node, groupedFilter(node.inputs[1])),
  _FusedConv2D: (node) => fusedConv('_FusedConv2D', node, node.inputs[1]),
  FusedDepthwiseConv2dNative: (node) => fusedConv('FusedDepthwiseConv2dNative', node, groupedFilter(node.inputs[1])),
};

function conv({ inputs, attrs }: GraphNode, filter: Tensor): Tensor {
  const { strides, pad, dataFormat, dilations } = geometry(attrs);
  return groupConv2d(inputs[0] as Tensor4D, filter as Tensor4D, strides, pad, dataFormat, dilations);
}

function fusedConv(where: string, { inputs, attrs }: GraphNode, filter: Tensor): Tensor {
  const [first, second] = (attrs.fused_ops as string[] | undefined) ?? [];
  check(first !== 'fusedbatchnorm', where, 'FusedBatchNorm cannot be fused; fold it into the filter', {
    fused_ops: first,
  });
  const hasBias = first === 'biasadd';
  const activation = hasBias ? second : first;
  const operands = inputs.slice(2);
  return fused.groupConv2d({
    x: inputs[0] as Tensor4D,
    filter: filter as Tensor4D,
    ...geometry(attrs),
    bias: hasBias ? operands[0] : undefined,
    activation: activation ?? 'linear',
    preluActivationWeights: activation === 'prelu' ? operands[hasBias ? 1 : 0] : undefined,
    leakyreluAlpha: attrs.leakyrelu_alpha as number | undefined,
  });
}

/** [kH, kW, inC, multiplier] -> [kH, kW, 1, inC * multiplier]: the same bytes. */
function groupedFilter(filter: Tensor): Tensor {
  const [kH, kW, inC, multiplier] = filter.shape;
  return reshape(filter, [kH, kW, 1, inC * multiplier]);
}

function geometry(attrs: GraphNode['attrs']) {
  const dataFormat = String(attrs.data_format ?? 'NHWC').toUpperCase() as DataFormat;
  const spatial = (value: unknown): [number, number] => {
    const [, a, b, c] = (value as number[] | undefined) ?? [1, 1, 1, 1];
    return dataFormat === 'NCHW' ? [b, c] : [a, b];
  };
  return {
    dataFormat,
    strides: spatial(attrs.strides),
    dilations: spatial(attrs.dilations),
    pad: padding(attrs),
  };
}

function padding({ padding, explicit_paddings: flat }: GraphNode['attrs']): Padding {
  const name = String(padding).toLowerCase();
  if (name !== 'explicit') return name as Padding;
  const numbers = (flat as number[] | undefined) ?? [];
  check(numbers.length === 8, 'Conv2D', 'explicit_paddings must have 8 entries', { explicit_paddings: show(numbers) });
  return [0, 2, 4, 6].map((i) => [numbers[i], numbers[i + 1]]) as unknown as ExplicitPadding;
}

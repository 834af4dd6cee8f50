// One pass of one layer on a TensorFlow.js backend, by the op or kernel that a user of that backend would reach.

import * as tf from '@tensorflow/tfjs';
import { fused } from '../src/index.js';
import { ensureGroupKernels } from '../src/ops/kernels.js';
import type { Task } from './measure.js';
import type { Problem } from './problem.js';
import { contestantOf, isOnGpu, type ReadResult, tfjsTask, useBackend } from './tfjsBackend.js';

interface ConvTensors {
  readonly x: tf.Tensor4D;
  readonly w: tf.Tensor4D;
  readonly dy: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

/** Nothing where the backend has no kernel for this pass (the filter gradient on wasm). */
export async function tfjsConvTask(name: string, problem: Problem): Promise<Task | undefined> {
  await useBackend(name);
  const { kernelName, compute } = problem.pass === 'forward' ? forward(problem) : gradient(problem);
  if (!tf.getKernel(kernelName, contestantOf(name).backend)) return undefined;
  const tensors = upload(problem);
  const reader = putsOff(name, problem) ? readerOf(tensors, problem) : undefined;
  const dispose = () => {
    tf.dispose(Object.values(tensors));
    reader?.dispose();
  };
  return tfjsTask(name, () => compute(tensors), dispose, reader?.read);
}

/** Our WebGL2 engine draws a convolution when its result is wanted, to join it with what follows. */
function putsOff(name: string, { pass }: Problem): boolean {
  return name.startsWith('convnet') && isOnGpu(name) && pass !== 'gradFilter';
}

/** Wants an image, as the next layer of a network does: a small convolution, which itself is wanted by nobody. */
function readerOf({ x, dy }: ConvTensors, { pass }: Problem) {
  const channels = (pass === 'forward' ? dy : x).shape[3];
  const w = tf.ones([1, 1, channels, 4]) as tf.Tensor4D;
  const read: ReadResult = (y) => tf.conv2d(y as tf.Tensor4D, w, 1, 'valid').dispose();
  return { read, dispose: () => w.dispose() };
}

function upload({ conv, operands, xShape, wShape, yShape }: Problem): ConvTensors {
  const { inC, outC, kH, kW } = conv;
  return {
    x: tf.tensor4d(operands.x, xShape),
    w: tf.tensor4d(operands.w, isDepthwise(conv) ? [kH, kW, inC, outC / inC] : wShape),
    dy: tf.tensor4d(operands.dy, yShape),
    bias: tf.tensor1d(operands.bias),
  };
}

interface Computation {
  readonly kernelName: string;
  compute(tensors: ConvTensors): tf.Tensor;
}

function forward({ layer, conv }: Problem): Computation {
  const strides = [...layer.strides] as [number, number];
  const dilations = [...layer.dilations] as [number, number];
  const attrs = { strides, dilations, pad: layer.pad, activation: 'relu' } as const;
  if (conv.groups === 1) {
    const compute = ({ x, w: filter, bias }: ConvTensors) => tf.fused.conv2d({ x, filter, bias, ...attrs });
    return { kernelName: 'FusedConv2D', compute };
  }
  if (isDepthwise(conv)) {
    const compute = ({ x, w: filter, bias }: ConvTensors) => tf.fused.depthwiseConv2d({ x, filter, bias, ...attrs });
    return { kernelName: 'FusedDepthwiseConv2D', compute };
  }
  ensureGroupKernels();
  const compute = ({ x, w: filter, bias }: ConvTensors) => fused.groupConv2d({ x, filter, bias, ...attrs });
  return { kernelName: 'FusedGroupConv2D', compute };
}

function gradient(problem: Problem): Computation {
  const kernelName = gradientKernel(problem);
  const { strides, dilations, pad } = problem.layer;
  const attrs = { strides: [...strides], dilations: [...dilations], pad, dataFormat: 'NHWC' };
  const run = (inputs: tf.NamedTensorMap, shape: object) =>
    tf.engine().runKernel(kernelName, inputs, { ...attrs, ...shape } as tf.NamedAttrMap) as tf.Tensor;
  const compute =
    problem.pass === 'gradInput'
      ? ({ x, w: filter, dy }: ConvTensors) => run({ dy, filter }, { inputShape: x.shape })
      : ({ x, w, dy }: ConvTensors) => run({ x, dy }, { filterShape: w.shape });
  return { kernelName, compute };
}

/**
 * TensorFlow.js's gradient kernels know neither groups nor dilations: for those, the peers run our composites of their own
 * convolutions (src/ops/composite.ts), the best that a user could write.
 */
function gradientKernel({ pass, conv }: Problem): string {
  const suffix = pass === 'gradInput' ? 'BackpropInput' : 'BackpropFilter';
  const isDilated = conv.dilationH > 1 || conv.dilationW > 1;
  if (isDepthwise(conv) && !isDilated) return `DepthwiseConv2dNative${suffix}`;
  if (conv.groups === 1 && !isDilated) return `Conv2D${suffix}`;
  ensureGroupKernels();
  return `GroupConv2D${suffix}`;
}

function isDepthwise({ groups, inC }: Problem['conv']): boolean {
  return groups > 1 && groups === inC;
}

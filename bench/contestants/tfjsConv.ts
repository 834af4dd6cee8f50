// One pass of one layer on a TensorFlow.js backend, by the op or kernel that a user of that backend would reach.

import * as tf from '@tensorflow/tfjs';
import { fused } from '../../src/index.js';
import { ensureGroupKernels } from '../../src/ops/kernels.js';
import type { Problem } from '../measure/problem.js';
import type { Task } from '../measure/turns.js';
import { backendOf, isOnWebgl, tfjsTask, useBackend } from './tfjsBackend.js';

/** Undefined where the backend has no kernel for this pass (the filter gradient on wasm). */
export async function tfjsConvTask(contestant: string, problem: Problem): Promise<Task | undefined> {
  await useBackend(contestant);
  const { pass } = problem;
  const { kernelName, compute } = pass === 'forward' ? forward(problem) : gradient(problem);
  if (!tf.getKernel(kernelName, backendOf(contestant))) return undefined;
  const tensors = upload(problem);
  const owned = Object.values<tf.Tensor>(tensors);
  const run = () => compute(tensors);
  // Our WebGL2 engine draws a convolution when its result is wanted, to join it with what follows.
  const isDeferred = contestant.startsWith('convnet') && isOnWebgl(contestant) && pass !== 'gradFilter';
  if (!isDeferred) return tfjsTask(contestant, run, owned);
  // Wants an image, as the next layer of a network does: a small convolution, which itself is wanted by nobody.
  const channels = (pass === 'forward' ? tensors.dy : tensors.x).shape[3];
  const w = tf.ones<tf.Rank.R4>([1, 1, channels, 4]);
  return tfjsTask(contestant, run, [...owned, w], (y) => tf.conv2d(y as tf.Tensor4D, w, 1, 'valid').dispose());
}

function upload({ conv, operands, xShape, wShape, yShape }: Problem) {
  const { inC, outC, kH, kW } = conv;
  return {
    x: tf.tensor4d(operands.x, xShape),
    w: tf.tensor4d(operands.w, isDepthwise(conv) ? [kH, kW, inC, outC / inC] : wShape),
    dy: tf.tensor4d(operands.dy, yShape),
    bias: tf.tensor1d(operands.bias),
  };
}

type ConvTensors = ReturnType<typeof upload>;
type Computation = { readonly kernelName: string; compute(tensors: ConvTensors): tf.Tensor };

function forward({ layer: { stride, dilation, pad }, conv }: Problem): Computation {
  const attrs = { strides: stride, dilations: dilation, pad, activation: 'relu' } as const;
  type Args = typeof attrs & Pick<ConvTensors, 'x' | 'bias'> & { filter: tf.Tensor4D };
  const by = (kernelName: string, op: (args: Args) => tf.Tensor): Computation => {
    return { kernelName, compute: ({ x, w: filter, bias }) => op({ x, filter, bias, ...attrs }) };
  };
  if (conv.groups === 1) return by('FusedConv2D', tf.fused.conv2d);
  if (isDepthwise(conv)) return by('FusedDepthwiseConv2D', tf.fused.depthwiseConv2d);
  ensureGroupKernels();
  return by('FusedGroupConv2D', fused.groupConv2d);
}

function gradient({ layer: { stride, dilation, pad }, pass, conv }: Problem): Computation {
  const kernelName = gradientKernel(conv, pass === 'gradInput' ? 'BackpropInput' : 'BackpropFilter');
  const attrs = { strides: [stride, stride], dilations: [dilation, dilation], pad, dataFormat: 'NHWC' };
  const run = (inputs: tf.NamedTensorMap, shape: object) =>
    tf.engine().runKernel(kernelName, inputs, { ...attrs, ...shape } as tf.NamedAttrMap) as tf.Tensor;
  const compute: Computation['compute'] =
    pass === 'gradInput'
      ? ({ x, w: filter, dy }) => run({ dy, filter }, { inputShape: x.shape })
      : ({ x, w, dy }) => run({ x, dy }, { filterShape: w.shape });
  return { kernelName, compute };
}

// TensorFlow.js's gradient kernels know neither groups nor dilations: for those, the peers run our composites of their
// own convolutions (src/ops/composite.ts), the best that a user could write.
function gradientKernel(conv: Problem['conv'], suffix: string): string {
  const isDilated = conv.dilationH > 1 || conv.dilationW > 1;
  if (isDepthwise(conv) && !isDilated) return `DepthwiseConv2dNative${suffix}`;
  if (conv.groups === 1 && !isDilated) return `Conv2D${suffix}`;
  ensureGroupKernels();
  return `GroupConv2D${suffix}`;
}

const isDepthwise = ({ groups, inC }: Problem['conv']): boolean => groups > 1 && groups === inC;

// The kernels of grouped convolution under the name of whatever backend is active. Ours bring their own; for any other
// one the composites of composite.ts are registered the first time an op of ours runs on it. So the ops and their
// gradients have one form, `engine().runKernel(...)`, on every backend.

import * as tf from '@tensorflow/tfjs-core';
import { type ConvAttrs, resolveConv } from '../core/conv.js';
import { resolveEpilogue } from '../core/epilogue.js';
import type {
  ConvInputs,
  FusedConvAttrs,
  FusedConvInputs,
  GradFilterAttrs,
  GradInputAttrs,
} from '../tfjs/convAttrs.js';
import { type NamedKernel, typedKernel } from '../tfjs/registry.js';
import { activate } from './activate.js';
import { compositeForward, compositeGradFilter, compositeGradInput } from './composite.js';
import { installGroupGradients } from './gradients.js';

/** Makes sure that the active backend has the kernels, and that their gradients are known. */
export function ensureGroupKernels(): void {
  tf.backend(); // chooses one, if none is active yet
  const backendName = tf.getBackend();
  if (tf.getKernel('GroupConv2D', backendName) == null) {
    for (const kernel of composites) tf.registerKernel({ ...kernel, backendName });
  }
  installGroupGradients();
}

const composites: readonly NamedKernel[] = [
  typedKernel<ConvInputs, ConvAttrs, tf.KernelBackend>('GroupConv2D', ({ inputs, attrs }) => {
    const { x, filter } = inputs as Tensors<ConvInputs>;
    const conv = resolveConv({ where: 'GroupConv2D', ...attrs, xShape: x.shape, filterShape: filter.shape });
    return tf.tidy(() => compositeForward(conv, x, filter));
  }),
  typedKernel<FusedConvInputs, FusedConvAttrs, tf.KernelBackend>('FusedGroupConv2D', ({ inputs, attrs }) => {
    const where = 'FusedGroupConv2D';
    const { x, filter, bias, preluActivationWeights: prelu } = inputs as Tensors<FusedConvInputs>;
    const conv = resolveConv({ where, ...attrs, xShape: x.shape, filterShape: filter.shape });
    const { activation, leakyAlpha } = resolveEpilogue(conv, {
      where,
      activation: attrs.activation,
      leakyreluAlpha: attrs.leakyreluAlpha,
      biasShape: bias?.shape,
      preluShape: prelu?.shape,
    });
    return tf.tidy(() => {
      const { dataFormat } = conv;
      const isVector = bias?.rank === 1 && dataFormat === 'NCHW';
      const aligned = bias && (isVector ? tf.reshape(bias, [bias.size, 1, 1]) : bias);
      const sums = compositeForward(conv, x, filter);
      const z = aligned ? tf.add(sums, aligned) : sums;
      return activate({ z: z as tf.Tensor4D, activation, leakyAlpha, dataFormat, prelu });
    });
  }),
  typedKernel<{ dy: tf.TensorInfo; filter: tf.TensorInfo }, GradInputAttrs, tf.KernelBackend>(
    'GroupConv2DBackpropInput',
    ({ inputs, attrs }) => {
      const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
      const where = 'GroupConv2DBackpropInput';
      const conv = resolveConv({ where, ...attrs, xShape: attrs.inputShape, filterShape: filter.shape });
      return tf.tidy(() => compositeGradInput(conv, dy, filter));
    },
  ),
  typedKernel<{ x: tf.TensorInfo; dy: tf.TensorInfo }, GradFilterAttrs, tf.KernelBackend>(
    'GroupConv2DBackpropFilter',
    ({ inputs, attrs }) => {
      const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
      const where = 'GroupConv2DBackpropFilter';
      const conv = resolveConv({ where, ...attrs, xShape: x.shape, filterShape: attrs.filterShape });
      return tf.tidy(() => compositeGradFilter(conv, x, dy));
    },
  ),
];

/** Ops hand tensors, not bare TensorInfos, to the composites. */
type Tensors<Inputs> = { readonly [K in keyof Inputs]: tf.Tensor4D };

// The twelve convolution kernels in the host's registry, for any engine: names and attributes of TensorFlow.js on one
// side, a resolved Conv on the other.
//
// `Conv2D`, `Conv2DBackpropInput` and `Conv2DBackpropFilter` are the host's names; under them groups follow from the
// filter's depth and `dilations` is an attribute of the gradients too (the host's own ignore both). The `Group...`
// kernels are the same functions under names that no host kernel has.

import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../kernels/types.js';
import { type ConvAttrs, filterShapeOf, resolveConv, type Shape4D, xShapeOf, yShapeOf } from '../conv.js';
import { resolveEpilogue } from '../epilogue.js';
import { check } from '../errors.js';
import type { ConvEngine } from './engine.js';
import { noteFusedConv } from './fusedGradient.js';
import { type NamedKernel, typedKernel } from './registry.js';

export interface ConvInputs {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
}

export interface FusedConvInputs extends ConvInputs {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

export interface FusedConvAttrs extends ConvAttrs {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
  /** Of the bias, if there is one and a gradient is recorded. */
  readonly biasShape?: readonly number[];
}

export type GradInputAttrs = ConvAttrs & { readonly inputShape: readonly number[] };
export type GradFilterAttrs = ConvAttrs & { readonly filterShape: readonly number[] };

export function convKernels<B extends KernelBackend>(engine: ConvEngine<B>): NamedKernel[] {
  const family = (names: Names, depthwise: boolean) => [
    forward(engine, names.forward, depthwise),
    fused(engine, names.fused, depthwise),
    gradInput(engine, names.gradInput, depthwise),
    gradFilter(engine, names.gradFilter, depthwise),
  ];
  return [
    ...family(
      {
        forward: 'Conv2D',
        fused: 'FusedConv2D',
        gradInput: 'Conv2DBackpropInput',
        gradFilter: 'Conv2DBackpropFilter',
      },
      false,
    ),
    ...family(
      {
        forward: 'DepthwiseConv2dNative',
        fused: 'FusedDepthwiseConv2D',
        gradInput: 'DepthwiseConv2dNativeBackpropInput',
        gradFilter: 'DepthwiseConv2dNativeBackpropFilter',
      },
      true,
    ),
    ...family(
      {
        forward: 'GroupConv2D',
        fused: 'FusedGroupConv2D',
        gradInput: 'GroupConv2DBackpropInput',
        gradFilter: 'GroupConv2DBackpropFilter',
      },
      false,
    ),
  ];
}

interface Names {
  readonly forward: string;
  readonly fused: string;
  readonly gradInput: string;
  readonly gradFilter: string;
}

const linear = Object.freeze({ activation: 'linear', leakyAlpha: 0 } as const);

function forward<B extends KernelBackend>(engine: ConvEngine<B>, where: string, depthwise: boolean) {
  return typedKernel<ConvInputs, ConvAttrs, B>(where, ({ inputs: { x, filter }, attrs, backend }) => {
    floats(where, { x, filter });
    const conv = resolveConv({ where, ...attrs, xShape: x.shape, filterShape: filter.shape, depthwise });
    return engine.forward(backend, conv, x, grouped(filter, conv), linear, {});
  });
}

function fused<B extends KernelBackend>(engine: ConvEngine<B>, where: string, depthwise: boolean) {
  return typedKernel<FusedConvInputs, FusedConvAttrs, B>(where, ({ inputs, attrs, backend }) => {
    const { x, filter, bias, preluActivationWeights: prelu } = inputs;
    floats(where, { x, filter, bias, preluActivationWeights: prelu });
    const conv = resolveConv({ where, ...attrs, xShape: x.shape, filterShape: filter.shape, depthwise });
    const { activation, leakyreluAlpha } = attrs;
    const epilogue = resolveEpilogue(conv, {
      where,
      activation,
      leakyreluAlpha,
      biasShape: bias?.shape,
      preluShape: prelu?.shape,
    });
    noteFusedConv({ attrs, depthwise, x, filter });
    return engine.forward(backend, conv, x, grouped(filter, conv), epilogue, { bias, prelu });
  });
}

function gradInput<B extends KernelBackend>(engine: ConvEngine<B>, where: string, depthwise: boolean) {
  type Inputs = { dy: TensorInfo; filter: TensorInfo };
  return typedKernel<Inputs, GradInputAttrs, B>(where, ({ inputs: { dy, filter }, attrs, backend }) => {
    floats(where, { dy, filter });
    const conv = resolveConv({ where, ...attrs, xShape: attrs.inputShape, filterShape: filter.shape, depthwise });
    matchesOutput(where, dy, conv);
    return engine.gradInput(backend, conv, dy, grouped(filter, conv));
  });
}

function gradFilter<B extends KernelBackend>(engine: ConvEngine<B>, where: string, depthwise: boolean) {
  type Inputs = { x: TensorInfo; dy: TensorInfo };
  return typedKernel<Inputs, GradFilterAttrs, B>(where, ({ inputs: { x, dy }, attrs, backend }) => {
    floats(where, { x, dy });
    const filterShape = attrs.filterShape;
    const conv = resolveConv({ where, ...attrs, xShape: x.shape, filterShape, depthwise });
    matchesOutput(where, dy, conv);
    // A depthwise filter has the bytes of its grouped form: only the shape differs.
    return { ...engine.gradFilter(backend, conv, x, dy), shape: [...filterShape] };
  });
}

function grouped(filter: TensorInfo, conv: Conv): TensorInfo {
  return { dataId: filter.dataId, dtype: filter.dtype, shape: filterShapeOf(conv) };
}

function floats(where: string, tensors: Record<string, TensorInfo | undefined>): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor)
      check(tensor.dtype === 'float32', where, `${name} must be float32`, { [`${name}.dtype`]: tensor.dtype });
  }
}

function matchesOutput(where: string, dy: TensorInfo, conv: Conv): void {
  const expected: Shape4D = yShapeOf(conv);
  const same = dy.shape.length === 4 && dy.shape.every((size, i) => size === expected[i]);
  check(same, where, `dy must have the output's shape [${expected}]`, {
    'dy.shape': dy.shape,
    'x.shape': xShapeOf(conv),
  });
}

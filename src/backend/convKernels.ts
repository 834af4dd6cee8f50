// The twelve convolution kernels in TensorFlow.js's registry, for any engine: they turn TensorFlow.js's names and
// attributes into a resolved Conv.
//
// `Conv2D`, `Conv2DBackpropInput` and `Conv2DBackpropFilter` are TensorFlow.js's names. Under them groups follow from the
// filter's depth, and the gradients take `dilations` too; the official kernels ignore both. The `Group...` kernels are the
// same functions under names that no official kernel has.

import { engine, type KernelBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../kernels/conv.js';
import {
  type ConvArgs,
  type ConvAttrs,
  filterShapeOf,
  resolveConv,
  type Shape4D,
  xShapeOf,
  yShapeOf,
} from '../core/conv.js';
import { resolveEpilogue } from '../core/epilogue.js';
import { check } from '../core/errors.js';
import type {
  ConvInputs,
  FusedConvAttrs,
  FusedConvInputs,
  GradFilterAttrs,
  GradInputAttrs,
} from '../tfjs/convAttrs.js';
import type { ConvEngine } from '../tfjs/convEngine.js';
import { type NamedKernel, typedKernel } from '../tfjs/registry.js';
import { noteDepthwiseNchw } from './fusedBias.js';
import { noteFusedConv } from './fusedGradient.js';

export function convKernels<B extends KernelBackend>(engine: ConvEngine<B>): NamedKernel[] {
  const family = (names: Names, rules: Rules) => [
    forward(engine, names.forward, rules),
    fused(engine, names.fused, rules),
    gradInput(engine, names.gradInput, rules),
    gradFilter(engine, names.gradFilter, rules),
  ];
  return [
    ...family(
      {
        forward: 'Conv2D',
        fused: 'FusedConv2D',
        gradInput: 'Conv2DBackpropInput',
        gradFilter: 'Conv2DBackpropFilter',
      },
      { depthwise: false, ignoreOuterPadding: true },
    ),
    ...family(
      {
        forward: 'DepthwiseConv2dNative',
        fused: 'FusedDepthwiseConv2D',
        gradInput: 'DepthwiseConv2dNativeBackpropInput',
        gradFilter: 'DepthwiseConv2dNativeBackpropFilter',
      },
      { depthwise: true, ignoreOuterPadding: true },
    ),
    ...family(
      {
        forward: 'GroupConv2D',
        fused: 'FusedGroupConv2D',
        gradInput: 'GroupConv2DBackpropInput',
        gradFilter: 'GroupConv2DBackpropFilter',
      },
      { depthwise: false, ignoreOuterPadding: false },
    ),
  ];
}

type Rules = Required<Pick<ConvArgs, 'depthwise' | 'ignoreOuterPadding'>>;

interface Names {
  readonly forward: string;
  readonly fused: string;
  readonly gradInput: string;
  readonly gradFilter: string;
}

const linear = Object.freeze({ activation: 'linear', leakyAlpha: 0 } as const);

function forward<B extends KernelBackend>(engine: ConvEngine<B>, where: string, rules: Rules) {
  return typedKernel<ConvInputs, ConvAttrs, B>(where, ({ inputs: { x, filter }, attrs, backend }) => {
    if (!areFloats(x, filter)) refuseDtypes(where, { x, filter });
    const conv = resolve(where, rules, attrs, x.shape, filter.shape);
    const y = engine.forward(backend, conv, x, grouped(filter, conv), linear, {});
    if (rules.depthwise && conv.dataFormat === 'NCHW') noteDepthwiseNchw(y);
    return y;
  });
}

function fused<B extends KernelBackend>(engine: ConvEngine<B>, where: string, rules: Rules) {
  return typedKernel<FusedConvInputs, FusedConvAttrs, B>(where, ({ inputs, attrs, backend }) => {
    const { x, filter, bias, preluActivationWeights: prelu } = inputs;
    if (!areFloats(x, filter) || !areFloats(bias, prelu)) {
      refuseDtypes(where, { x, filter, bias, preluActivationWeights: prelu });
    }
    const conv = resolve(where, rules, attrs, x.shape, filter.shape);
    const { activation, leakyreluAlpha } = attrs;
    const epilogue = resolveEpilogue(conv, {
      where,
      activation,
      leakyreluAlpha,
      biasShape: bias?.shape,
      preluShape: prelu?.shape,
    });
    noteFusedConv({ attrs, depthwise: rules.depthwise, x, filter });
    return engine.forward(backend, conv, x, grouped(filter, conv), epilogue, { bias, prelu });
  });
}

function gradInput<B extends KernelBackend>(engine: ConvEngine<B>, where: string, rules: Rules) {
  type Inputs = { dy: TensorInfo; filter: TensorInfo };
  return typedKernel<Inputs, GradInputAttrs, B>(where, ({ inputs: { dy, filter }, attrs, backend }) => {
    if (!areFloats(dy, filter)) refuseDtypes(where, { dy, filter });
    const conv = resolve(where, rules, attrs, attrs.inputShape, filter.shape);
    const cropped = rules.ignoreOuterPadding ? cropToOutput(dy, conv) : dy;
    matchesOutput(where, cropped, conv);
    const dx = engine.gradInput(backend, conv, cropped, grouped(filter, conv));
    if (cropped !== dy) (cropped as Tensor).dispose();
    return dx;
  });
}

function gradFilter<B extends KernelBackend>(engine: ConvEngine<B>, where: string, rules: Rules) {
  type Inputs = { x: TensorInfo; dy: TensorInfo };
  return typedKernel<Inputs, GradFilterAttrs, B>(where, ({ inputs: { x, dy }, attrs, backend }) => {
    if (!areFloats(x, dy)) refuseDtypes(where, { x, dy });
    const filterShape = attrs.filterShape;
    const conv = resolve(where, rules, attrs, x.shape, filterShape);
    matchesOutput(where, dy, conv);
    // A depthwise filter has the bytes of its grouped form: only the shape differs.
    return { ...engine.gradFilter(backend, conv, x, dy), shape: [...filterShape] };
  });
}

function grouped(filter: TensorInfo, conv: Conv): TensorInfo {
  return { dataId: filter.dataId, dtype: filter.dtype, shape: filterShapeOf(conv) };
}

/** Spelled out: to spread three objects takes longer than to convolve a small image. */
function resolve(
  where: string,
  { depthwise, ignoreOuterPadding }: Rules,
  { strides, pad, dataFormat, dilations, dimRoundingMode }: ConvAttrs,
  xShape: readonly number[],
  filterShape: readonly number[],
): Conv {
  return resolveConv({
    where,
    xShape,
    filterShape,
    strides,
    pad,
    dataFormat,
    dilations,
    dimRoundingMode,
    depthwise,
    ignoreOuterPadding,
  });
}

function areFloats(a: TensorInfo | undefined, b: TensorInfo | undefined): boolean {
  return (!a || a.dtype === 'float32') && (!b || b.dtype === 'float32');
}

function refuseDtypes(where: string, tensors: Record<string, TensorInfo | undefined>): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    check(areFloats(tensor, undefined), where, `${name} must be float32`, { [`${name}.dtype`]: tensor?.dtype });
  }
}

/** tf.conv2dTranspose may pass more rows and columns than the output has; the official kernels ignore the surplus. */
function cropToOutput(dy: TensorInfo, conv: Conv): TensorInfo {
  const size = yShapeOf(conv);
  const isLarger =
    dy.shape.length === 4 && dy.shape.every((d, i) => d >= size[i]) && dy.shape.some((d, i) => d > size[i]);
  if (!isLarger) return dy;
  return engine().runKernel('Slice', { x: dy as Tensor }, { begin: [0, 0, 0, 0], size }) as Tensor;
}

function matchesOutput(where: string, dy: TensorInfo, conv: Conv): void {
  const expected: Shape4D = yShapeOf(conv);
  const same = dy.shape.length === 4 && dy.shape.every((size, i) => size === expected[i]);
  check(same, where, `dy must have the output's shape [${expected}]`, {
    'dy.shape': dy.shape,
    'x.shape': xShapeOf(conv),
  });
}

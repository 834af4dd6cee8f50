// Gradients of convolutions, in TensorFlow.js's registry. Both gradients of a convolution are convolutions of the same
// geometry: y is linear in x and in w, so that each of
//   y = conv(x, w)      dx = gradInput(dy, w)      dw = gradFilter(x, dy)
// has the other two as its gradients, to any order.

import { engine, getBackend, getGradient, type NamedTensorMap, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { ConvAttrs } from '../core/conv.js';
import { check } from '../core/errors.js';
import type { FusedConvAttrs, GradFilterAttrs, GradInputAttrs } from '../tfjs/convAttrs.js';
import { isConvnet, replaceGradient, type TypedGradient } from '../tfjs/registry.js';
import { sumToShape } from './sumToShape.js';

function run(kernelName: string, inputs: NamedTensorMap, attrs: object): Tensor {
  return engine().runKernel(kernelName, inputs, attrs as Record<string, never>);
}

/** What describes the geometry, without what belongs to one kernel. */
function geometry({ strides, pad, dataFormat, dilations, dimRoundingMode }: ConvAttrs): ConvAttrs {
  return { strides, pad, dataFormat, dilations, dimRoundingMode };
}

export interface ConvGradientArgs {
  readonly attrs: ConvAttrs;
  /** Whether `filter` is [kH, kW, inC, multiplier]. */
  readonly depthwise?: boolean;
  readonly x: Tensor;
  readonly filter: Tensor;
  readonly dy: Tensor;
}

/** The two gradients of a convolution, each computed only when it is asked for. */
export function convGradients({ attrs, depthwise = false, x, filter, dy }: ConvGradientArgs) {
  const [kH, kW, a, b] = filter.shape;
  const filterShape = depthwise ? [kH, kW, 1, a * b] : filter.shape;
  const inputShape = x.shape;
  return {
    dx: () =>
      run('GroupConv2DBackpropInput', { dy, filter: reshape(filter, filterShape) }, { ...geometry(attrs), inputShape }),
    dw: () => reshape(run('GroupConv2DBackpropFilter', { x, dy }, { ...geometry(attrs), filterShape }), filter.shape),
  };
}

const groupGradients = [
  {
    kernelName: 'GroupConv2D',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, [x, filter], attrs) => {
      const { dx, dw } = convGradients({ attrs, x, filter, dy });
      return { x: dx, filter: dw };
    },
  } satisfies TypedGradient<ConvAttrs>,
  {
    kernelName: 'FusedGroupConv2D',
    inputsToSave: ['x', 'filter'], // TensorFlow.js cannot save an input that may be absent
    gradFunc: (dy, [x, filter], attrs) => {
      const { activation = 'linear', dataFormat, biasShape } = attrs;
      const rule = 'the kernel has a gradient with a linear activation only; use the op fused.groupConv2d';
      check(activation === 'linear', 'FusedGroupConv2D', rule, { activation });
      const { dx, dw } = convGradients({ attrs, x, filter, dy });
      return { x: dx, filter: dw, ...(biasShape && { bias: () => sumToShape(dy, biasShape, dataFormat) }) };
    },
  } satisfies TypedGradient<FusedConvAttrs>,
  {
    kernelName: 'GroupConv2DBackpropInput',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (ddx, [dy, filter], attrs) => ({
      dy: () => run('GroupConv2D', { x: ddx, filter }, geometry(attrs)),
      filter: () => convGradients({ attrs, x: ddx, filter, dy }).dw(),
    }),
  } satisfies TypedGradient<GradInputAttrs>,
  {
    kernelName: 'GroupConv2DBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (ddw, [x, dy], attrs) => ({
      x: () => convGradients({ attrs, x, filter: ddw, dy }).dx(),
      dy: () => run('GroupConv2D', { x, filter: ddw }, geometry(attrs)),
    }),
  } satisfies TypedGradient<GradFilterAttrs>,
];

/** The gradients of our own kernels. */
export function installGroupGradients(): void {
  for (const gradient of groupGradients) {
    if (getGradient(gradient.kernelName) == null) replaceGradient(gradient as TypedGradient<never>, false);
  }
}

const ours = new WeakSet<object>();

/**
 * Gradients of tf.conv2d and tf.depthwiseConv2d that know dilations, NCHW and rounding modes, which TensorFlow.js's own
 * refuse or ignore. They apply where the active backend has our kernels; elsewhere TensorFlow.js's own stay in charge. An
 * app that imports all of TensorFlow.js's gradients later overwrites ours, so this runs whenever a backend of ours is
 * selected.
 */
export function installTfjsGradients(): void {
  for (const [kernelName, depthwise] of [
    ['Conv2D', false],
    ['DepthwiseConv2dNative', true],
  ] as const) {
    const official = getGradient(kernelName);
    if (official && ours.has(official)) continue;
    const gradient: TypedGradient<ConvAttrs> = {
      kernelName,
      inputsToSave: ['x', 'filter'],
      gradFunc: (dy, saved, attrs) => {
        if (official && !isConvnet(getBackend()))
          return official.gradFunc(dy, saved, attrs as never) as Record<string, () => Tensor>;
        const [x, filter] = saved;
        const { dx, dw } = convGradients({ attrs, depthwise, x, filter, dy });
        return { x: dx, filter: dw };
      },
    };
    replaceGradient(gradient, official != null);
    const installed = getGradient(kernelName);
    if (installed) ours.add(installed);
  }
}

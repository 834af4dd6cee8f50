// Gradients of tf.fused.conv2d and tf.fused.depthwiseConv2d where TensorFlow.js refuses them or gets them wrong.
//
// While a gradient is recorded, tf.fused.conv2d with a linear activation carries its own gradient function. That function
// throws for dilations above 1 and for NCHW, and forgets dimRoundingMode. The op cannot be replaced (module namespaces are
// frozen) and no registry has the function, so Engine.customGrad, which takes it in, is wrapped. The wrapper replaces the
// function only for a call that ran one of our fused kernels on the very tensors that it differentiates, with a geometry
// that TensorFlow.js's function does not handle.

import { engine, type GradSaveFunc, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { ConvAttrs } from '../core/conv.js';
import { convGradients } from '../ops/gradients.js';
import { sumToShape } from '../ops/sumToShape.js';

interface FusedConv {
  readonly attrs: ConvAttrs;
  readonly depthwise: boolean;
  readonly x: object;
  readonly filter: object;
}

let lastFusedConv: FusedConv | undefined;

/** Called by the fused kernels each time they run. */
export function noteFusedConv(conv: FusedConv): void {
  lastFusedConv = conv;
}

function takeFusedConv(): FusedConv | undefined {
  const conv = lastFusedConv;
  lastFusedConv = undefined;
  return conv;
}

type Differentiable = (...args: (Tensor | GradSaveFunc)[]) => {
  value: Tensor;
  gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[];
};
type CustomGrad = (f: Differentiable) => (...args: Tensor[]) => Tensor;

const installed = new WeakSet<object>();

/** Wraps Engine.customGrad, once. */
export function installFusedGradients(): void {
  const tfjsEngine = engine() as unknown as { customGrad: CustomGrad };
  if (installed.has(tfjsEngine.customGrad)) return;
  const original = tfjsEngine.customGrad;
  const customGrad: CustomGrad = (f) => {
    return original.call(tfjsEngine, (...args) => {
      takeFusedConv();
      const result = f(...args);
      const fused = takeFusedConv();
      const isOfThisCall = fused && fused.x === args[0] && fused.filter === args[1];
      if (!isOfThisCall || tfjsHandles(fused.attrs)) return result;
      return { value: result.value, gradFunc: (dy, saved) => fusedGradients(fused, dy, saved) };
    });
  };
  installed.add(customGrad);
  tfjsEngine.customGrad = customGrad;
}

function tfjsHandles({ dilations, dataFormat, dimRoundingMode }: ConvAttrs): boolean {
  const isDense = Array.isArray(dilations) ? dilations.every((d) => d === 1) : dilations == null || dilations === 1;
  return isDense && dataFormat !== 'NCHW' && dimRoundingMode == null;
}

/** `saved` is what TensorFlow.js's fused ops save: filter, x, y and, if there is one, bias. */
function fusedGradients({ attrs, depthwise }: FusedConv, dy: Tensor, saved: Tensor[]): Tensor[] {
  const [filter, x, y, bias] = saved;
  const dy4D = reshape(dy, y.shape);
  const { dx, dw } = convGradients({ attrs, depthwise, x, filter, dy: dy4D });
  return [dx(), dw(), ...(bias ? [sumToShape(dy4D, bias.shape, attrs.dataFormat)] : [])];
}

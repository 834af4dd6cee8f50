// Gradients of tf.fused.conv2d and tf.fused.depthwiseConv2d. Those of TensorFlow.js are refused for some geometries, wrong
// for others, and never asked for alone.
//
// While a gradient is recorded, tf.fused.conv2d with a linear activation carries its own gradient function. That function
// throws for dilations above 1 and for NCHW, and forgets dimRoundingMode. It computes the gradients of x and of the filter
// at once, also where x is the picture that a network is trained on. The op cannot be replaced (module namespaces are
// frozen) and no registry has the function, so Engine.customGrad, which takes it in, is wrapped. The wrapper replaces the
// function only for a call that ran one of our fused kernels on the very tensors that it differentiates.

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

type Differentiable = (...args: (Tensor | GradSaveFunc)[]) => { value: Tensor };
type Gradients = Record<string, () => Tensor>;

/** What TensorFlow.js keeps of an operation with a gradient of its own; its inputs are named '0', '1' and so on. */
interface Recorded {
  readonly backwardsFunc: (dy: Tensor, saved: Tensor[]) => Gradients;
}

interface TfjsEngine {
  customGrad(f: Differentiable): (...args: Tensor[]) => Tensor;
  runKernelFunc(recorded: Recorded): Tensor;
}

const installed = new WeakSet<object>();

/** Wraps Engine.customGrad, once. */
export function installFusedGradients(): void {
  const tfjsEngine = engine() as unknown as TfjsEngine;
  if (installed.has(tfjsEngine.customGrad)) return;
  const original = tfjsEngine.customGrad;
  const customGrad: TfjsEngine['customGrad'] = (f) => {
    return (...inputs) => {
      let fused: FusedConv | undefined;
      const noting: Differentiable = (...args) => {
        takeFusedConv();
        const result = f(...args);
        const conv = takeFusedConv();
        fused = conv && conv.x === args[0] && conv.filter === args[1] ? conv : undefined;
        return result;
      };
      // TensorFlow.js's customGrad hands on all gradients at once, and its runKernelFunc takes them one by one.
      const recording = Object.create(tfjsEngine) as TfjsEngine;
      recording.runKernelFunc = (recorded) => {
        const backwardsFunc: Recorded['backwardsFunc'] = (dy, saved) => {
          return fused ? fusedGradients(fused, dy, saved) : recorded.backwardsFunc(dy, saved);
        };
        return tfjsEngine.runKernelFunc({ ...recorded, backwardsFunc });
      };
      return original.call(recording, noting)(...inputs);
    };
  };
  installed.add(customGrad);
  tfjsEngine.customGrad = customGrad;
}

/** `saved` is what TensorFlow.js's fused ops save: filter, x, y and, if there is one, bias. */
function fusedGradients({ attrs, depthwise }: FusedConv, given: Tensor, saved: Tensor[]): Gradients {
  const [filter, x, y, bias] = saved;
  // In each function anew: a tensor that is made here would keep the data of dy until all gradients are there.
  const dy = () => reshape(given, y.shape);
  const both = () => convGradients({ attrs, depthwise, x, filter, dy: dy() });
  return {
    0: () => both().dx(),
    1: () => both().dw(),
    ...(bias && { 2: () => sumToShape(dy(), bias.shape, attrs.dataFormat) }),
  };
}

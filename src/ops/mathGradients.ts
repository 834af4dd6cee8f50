// Gradients of which TensorFlow.js gets some wrong:
//
// - that of a running sum along another axis than the last is transposed, and refused where the shape tells;
// - those of maxima, minima, squared differences and matrix products are refused where an operand is broadcast, since
//   they have the shape of the result.

import { broadcast_util, type CumsumAttrs, cumsum, reshape, sum, type Tensor, util } from '@tensorflow/tfjs-core';
import { type Gradient, replaceOnConvnet } from './onConvnet.js';

const cumsumGradient = {
  kernelName: 'Cumsum',
  inputsToSave: ['x'],
  gradFunc: (dy: Tensor, _: Tensor[], { axis, exclusive, reverse }: CumsumAttrs) => ({
    x: () => cumsum(dy, axis, exclusive, !reverse),
  }),
} as unknown as Gradient;

/** Their saved inputs are a and b. */
const broadcasting = ['Maximum', 'Minimum', 'SquaredDifference', 'BatchMatMul'] as const;

function summed(official: Gradient): Gradient {
  return {
    ...official,
    gradFunc: (dy, saved, attrs) => {
      const [a, b] = saved;
      const gradients = official.gradFunc(dy, saved, attrs);
      return { a: () => toShape(gradients.a(), a.shape), b: () => toShape(gradients.b(), b.shape) };
    },
  };
}

/** Sums over what was broadcast from `shape`. */
function toShape(gradient: Tensor, shape: number[]): Tensor {
  if (util.arraysEqual(gradient.shape, shape)) return gradient;
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
}

/** Puts them in the place of TensorFlow.js's, which stay in charge on other backends. */
export function installMathGradients(): void {
  replaceOnConvnet('Cumsum', () => cumsumGradient);
  for (const kernelName of broadcasting) {
    replaceOnConvnet(kernelName, (official) => summed(official as Gradient));
  }
}

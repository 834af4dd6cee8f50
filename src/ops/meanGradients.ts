// The gradients of sums and means. TensorFlow.js multiplies dy by ones of the shape of x, which JavaScript fills and which
// are then copied twice: a quarter of a training step of a small residual network with batch normalization. Where a
// backend can repeat dy, a mean divides it first. The bits are the same.

import {
  customGrad,
  div,
  engine,
  getBackend,
  getGradient,
  getKernel,
  reshape,
  type Tensor,
  util,
} from '@tensorflow/tfjs-core';
import { SPREAD_KERNEL } from '../tfjs/ownKernelNames.js';
import { replaceGradient, type TypedGradient } from '../tfjs/registry.js';
import { sumToShape } from './sumToShape.js';

interface Attrs {
  readonly axis: number | number[];
}

/** Repeats x along dimensions of size 1. Its gradient is a sum. */
function spread(x: Tensor, shape: number[]): Tensor {
  const repeat = customGrad((small) => ({
    value: engine().runKernel(SPREAD_KERNEL, { x: small as Tensor }, { shape }) as Tensor,
    gradFunc: (dy: Tensor) => sumToShape(dy, x.shape),
  }));
  return repeat(x);
}

function gradient(dy: Tensor, x: Tensor, { axis }: Attrs, isMean: boolean): Tensor {
  const axes = util.parseAxisParam(axis, x.shape);
  const kept = reshape(
    dy,
    x.shape.map((size, i) => (axes.includes(i) ? 1 : size)),
  );
  const count = axes.reduce((product, i) => product * x.shape[i], 1);
  return spread(isMean ? div(kept, count) : kept, x.shape);
}

const ours = new WeakSet<object>();

/** Puts them in the place of TensorFlow.js's, which stay in charge of backends that cannot repeat. */
export function installMeanGradients(): void {
  for (const kernelName of ['Sum', 'Mean']) {
    const official = getGradient(kernelName);
    if (!official || ours.has(official)) continue;
    const own: TypedGradient<Attrs> = {
      kernelName,
      inputsToSave: ['x'],
      gradFunc: (dy, saved, attrs) => {
        const [x] = saved;
        const canRepeat = x.size > 0 && getKernel(SPREAD_KERNEL, getBackend()) != null;
        if (canRepeat) return { x: () => gradient(dy, x, attrs, kernelName === 'Mean') };
        return official.gradFunc(dy, saved, attrs as never) as Record<string, () => Tensor>;
      },
    };
    replaceGradient(own, true);
    const installed = getGradient(kernelName);
    if (installed) ours.add(installed);
  }
}

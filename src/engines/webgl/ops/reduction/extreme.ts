// Max, Min, ArgMax, ArgMin and Softmax on TensorFlow.js's textures.

import { backend_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { AxisDims } from '../../../../../kernels/glsl/tiled/reduction/axisMean.js';
import { argExtremeSource, extremeSource } from '../../../../../kernels/glsl/untiled/extreme.js';
import { officialWebgl } from '../../../../tfjs/officialWebgl.js';
import type { WebglBackend } from '../../backend.js';
import { drawUntiled } from '../drawUntiled.js';
import { untiledKernel } from '../elementwise/untiled.js';
import { replaced, reshape } from '../views.js';
import { overAxes } from './axes.js';

/** Values that one fragment takes; of more it takes a part, and a second pass takes the parts. */
const MOST_VALUES = 256;

interface Attrs {
  readonly axis?: number | number[];
  /** Max's name for its axes. */
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

/** `Max` or `Min`. Other dtypes than float32, and what is small and on the CPU, are left to the official kernel. */
export function extreme(kernelName: 'Max' | 'Min'): KernelFunc {
  const official = officialWebgl.get(kernelName);
  return (args) => {
    const x = args.inputs.x as TensorInfo;
    const backend = args.backend as WebglBackend;
    const attrs = args.attrs as unknown as Attrs;
    const axes = util.parseAxisParam((attrs.reductionIndices ?? attrs.axis) as number | number[], x.shape);
    const isOnCpu = kernelName === 'Max' && backend.shouldExecuteOnCPU([x]);
    if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0 || isOnCpu) return official(args);
    if (axes.length === 0) return reshape(backend, x, x.shape);
    const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const outShape = attrs.keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
    const direction = kernelName === 'Max' ? 1 : -1;
    return overAxes(backend, x, axes, (from, dims) => {
      const found = reduced(backend, from, dims, direction);
      return replaced(backend, found, () => reshape(backend, found, outShape));
    });
  };
}

/** [outer, 1, inner] */
function reduced(
  backend: WebglBackend,
  x: TensorInfo,
  { outer, size, inner }: AxisDims,
  direction: number,
): TensorInfo {
  const partSize = size <= MOST_VALUES ? size : Math.max(MOST_VALUES / 4, Math.ceil(Math.sqrt(size)));
  const parts = Math.ceil(size / partSize);
  const flat = reshape(backend, x, [outer, size, inner]);
  const best = replaced(backend, flat, () =>
    drawUntiled(backend, {
      source: extremeSource,
      operands: { X: flat },
      shape: [outer, parts, inner],
      uniforms: { partSize, size, direction },
    }),
  );
  if (parts === 1) return best;
  return replaced(backend, best, () => reduced(backend, best, { outer, size: parts, inner }, direction));
}

/** `ArgMax` or `ArgMin`, as on the CPU: the first of the best values. NaN is none, unless it comes first. */
export function argExtreme(kernelName: 'ArgMax' | 'ArgMin'): KernelFunc {
  const official = officialWebgl.get(kernelName);
  const direction = kernelName === 'ArgMax' ? 1 : -1;
  return (args) => {
    const x = args.inputs.x as TensorInfo;
    const backend = args.backend as WebglBackend;
    const axes = util.parseAxisParam((args.attrs as unknown as Attrs).axis as number, x.shape);
    if (x.dtype !== 'float32' || axes.length !== 1 || util.sizeFromShape(x.shape) === 0) return official(args);
    const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    return overAxes(backend, x, axes, (from, { outer, size, inner }) => {
      const flat = reshape(backend, from, [outer, size, inner]);
      const partSize = size <= MOST_VALUES ? size : Math.max(MOST_VALUES / 4, Math.ceil(Math.sqrt(size)));
      const best = (found: TensorInfo | undefined, count: number, ofPart: number) =>
        drawUntiled(backend, {
          source: argExtremeSource(found !== undefined),
          operands: found ? { X: flat, Found: found } : { X: flat },
          shape: [outer, Math.ceil(count / ofPart), inner],
          dtype: 'int32',
          uniforms: { partSize: ofPart, size: count, direction },
        });
      let found = best(undefined, size, partSize);
      for (let parts = Math.ceil(size / partSize); parts > 1; parts = 1) {
        found = replaced(backend, found, () => best(found, parts, parts));
      }
      return replaced(backend, flat, () => replaced(backend, found, () => reshape(backend, found, shape)));
    });
  };
}

/** As the official kernel, in steps of the kernels above. */
export function untiledSoftmax(): KernelFunc {
  const max = extreme('Max');
  const divide = untiledKernel('RealDiv');
  const [subtract, exp, sum] = ['Sub', 'Exp', 'Sum'].map((kernelName) => officialWebgl.get(kernelName));
  return ({ inputs, attrs, backend }) => {
    const x = inputs.logits as TensorInfo;
    const webgl = backend as WebglBackend;
    const axis = util.parseAxisParam([attrs?.dim as number], x.shape);
    const run = (kernelFunc: KernelFunc, given: Record<string, TensorInfo>, options: object = {}) =>
      kernelFunc({ inputs: given, attrs: options as never, backend }) as TensorInfo;
    const most = run(max, { x }, { reductionIndices: axis, keepDims: true });
    const below = replaced(webgl, most, () => run(subtract, { a: x, b: most }));
    const powers = replaced(webgl, below, () => run(exp, { x: below }));
    const total = run(sum, { x: powers }, { axis, keepDims: true });
    return replaced(webgl, powers, () => replaced(webgl, total, () => run(divide, { a: powers, b: total })));
  };
}

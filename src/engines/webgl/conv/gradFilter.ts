// Gradients of the filter on the tiled layout, as paths of the engine.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { quadsPerOutput } from '../../../../kernels/glsl/tiled/conv/conv.js';
import { gradFilterInts, gradFilterProgram, gradFilterSize } from '../../../../kernels/glsl/tiled/conv/gradFilter.js';
import {
  type GradDepthwiseSpec,
  gradDepthwiseInts,
  gradDepthwiseProgram,
  gradDepthwiseSize,
} from '../../../../kernels/glsl/tiled/depthwise/gradDepthwise.js';
import type { TileProgram } from '../../../../kernels/glsl/tiled/program.js';
import type { SliceSize, Slices } from '../../../../kernels/glsl/tiled/reduction/slices.js';
import { canSumPacked, sumDepthwiseInts, sumFilterInts } from '../../../../kernels/glsl/tiled/reduction/sumSlices.js';
import { filterShapeOf } from '../../../core/conv.js';
import type { WebglBackend } from '../backend.js';
import { hasSlices, sumSlices } from '../ops/reduction/sumSlices.js';
import { gradFilterIsRight } from './convSelfTest.js';
import type { GradArgs, GradPath } from './paths.js';
import { isDepthwise, isTiled, type Layouts, layoutsOf } from './plan.js';

export const tiledGradFilter = pathOf({
  name: 'tiled/gradFilter',
  supports: () => true,
  describe(conv, { x, y }, targets) {
    const quads = targets >= 8 && quadsPerOutput(conv) > 1 ? 2 : 1; // two input quads at once where there are two
    return {
      size: gradFilterSize(conv, quads),
      fetches: 1 + quads,
      canPack: canSumPacked(conv),
      program: gradFilterProgram({ x: x.tile, dy: y.tile, quads }),
      ints: (slices) => gradFilterInts(conv, x, y, slices),
      sumInts: (slices, columns) => sumFilterInts(conv, slices, columns),
    };
  },
});

export const tiledDepthwiseGradFilter = pathOf({
  name: 'tiled/depthwiseGradFilter',
  supports: isDepthwise,
  describe(conv, { x, y }, targets) {
    const window = depthwiseWindowOf(conv, targets);
    const spec = { x: x.tile, dy: y.tile, ...(window && { window }) };
    const size = gradDepthwiseSize(conv, spec);
    return {
      size,
      fetches: 1 + size.layers,
      canPack: false,
      program: gradDepthwiseProgram(spec),
      ints: (slices) => gradDepthwiseInts(conv, x, y, slices),
      sumInts: (slices, columns) => sumDepthwiseInts(conv, slices, columns),
    };
  },
});

interface Kernel {
  readonly name: string;
  supports(conv: Conv): boolean;
  /** `targets` is how many a draw may have. */
  describe(conv: Conv, layouts: Layouts, targets: number): Description;
}

interface Description {
  /** What a slice sums up. */
  readonly size: SliceSize;
  /** Texels for each pixel. */
  readonly fetches: number;
  /** Whether the sum may be in a packed texture of TensorFlow.js. */
  readonly canPack: boolean;
  readonly program: TileProgram;
  ints(slices: Slices): number[];
  /** Of the sum of the slices. */
  sumInts(slices: Slices, columns: number): number[];
}

function pathOf(kernel: Kernel): GradPath {
  const describe = (conv: Conv, { tensors }: WebglBackend) => {
    const { rows, columns } = tensors.caps.tile; // as many targets as an image's tile has pixels
    return kernel.describe(conv, layoutsOf(conv, tensors) as Layouts, rows * columns);
  };
  const path: GradPath = {
    name: kernel.name,
    supports(conv, backend) {
      if (!kernel.supports(conv) || !isTiled(conv, backend)) return false;
      return hasSlices(describe(conv, backend).size, backend);
    },
    pays(conv, backend) {
      const { program } = describe(conv, backend);
      return backend.selfTest.passes(program.key, () => gradFilterIsRight(path, conv, backend));
    },
    run: (args) => run(args, describe(args.conv, args.backend)),
  };
  return path;
}

function run(
  { backend, conv, a: x, b: dy }: GradArgs,
  { size, fetches, canPack, program, ints, sumInts }: Description,
): TensorInfo {
  const { tensors } = backend;
  const layouts = layoutsOf(conv, tensors) as Layouts;
  const inputs = { x: tensors.toTiled(x, layouts.x).texture, dy: tensors.toTiled(dy, layouts.y).texture };
  return sumSlices(backend, {
    shape: filterShapeOf(conv),
    over: layouts.y,
    size,
    fetches,
    canPack,
    first: (slices) => ({ program, inputs, ints: ints(slices) }),
    second: sumInts,
  });
}

function depthwiseWindowOf({ kW, strideW, dilationW }: Conv, targets: number): GradDepthwiseSpec['window'] {
  const isKnown = (kW === 3 || kW === 5 || kW === 7) && kW <= targets && strideW <= 2 && dilationW === 1;
  return isKnown ? { kW, stride: strideW } : undefined;
}

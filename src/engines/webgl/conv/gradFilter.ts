// Gradients of the filter in the tiled layout, as paths of the engine.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Conv } from '../../../../kernels/conv.js';
import { quadsPerOutput } from '../../../../kernels/glsl/tiled/conv/conv.js';
import { gradFilterProgram, gradFilterSize, gradFilterValues } from '../../../../kernels/glsl/tiled/conv/gradFilter.js';
import {
  type GradDepthwiseSpec,
  gradDepthwiseProgram,
  gradDepthwiseSize,
  gradDepthwiseValues,
} from '../../../../kernels/glsl/tiled/depthwise/gradDepthwise.js';
import type { SliceSize, Slices } from '../../../../kernels/glsl/tiled/reduction/slices.js';
import {
  canSumPacked,
  sumDepthwiseValues,
  sumFilterValues,
} from '../../../../kernels/glsl/tiled/reduction/sumSlices.js';
import { filterShapeOf } from '../../../core/conv.js';
import type { WebglBackend } from '../backend.js';
import { type BoundProgram, bind } from '../gl/draw.js';
import { hasSlices, type SliceSums, sumSlices } from '../ops/reduction/sumSlices.js';
import { gradFilterIsRight } from './convSelfTest.js';
import type { GradArgs, GradPath } from './paths.js';
import { canBeTiled, isDepthwise, type Layouts, layoutsOf } from './plan.js';

export const tiledGradFilter = pathOf({
  name: 'tiled/gradFilter',
  supports: () => true,
  describe(conv, { x, y }, targets) {
    const quads = targets >= 8 && quadsPerOutput(conv) > 1 ? 2 : 1; // two input quads at once where there are two
    const program = gradFilterProgram({ x: x.tile, dy: y.tile, quads });
    return {
      size: gradFilterSize(conv, quads),
      fetches: 1 + quads,
      canPack: canSumPacked(conv),
      kernelClass: program.key,
      boundTo: (inputs, slices) => bind(program, inputs, gradFilterValues(conv, x, y, slices)),
      sumValues: (slices, columns) => sumFilterValues(conv, slices, columns),
    };
  },
});

export const tiledDepthwiseGradFilter = pathOf({
  name: 'tiled/depthwiseGradFilter',
  supports: (conv) => isDepthwise(conv) || conv.inC === 1,
  describe(conv, { x, y }, targets) {
    const window = depthwiseWindowOf(conv, targets);
    const spec = { x: x.tile, dy: y.tile, ofOne: conv.inC === 1, ...(window && { window }) };
    const size = gradDepthwiseSize(conv, spec);
    const program = gradDepthwiseProgram(spec);
    return {
      size,
      fetches: 1 + size.layers,
      canPack: false,
      kernelClass: program.key,
      boundTo: (inputs, slices) => bind(program, inputs, gradDepthwiseValues(conv, x, y, slices)),
      sumValues: (slices, columns) => sumDepthwiseValues(conv, slices, columns),
    };
  },
});

interface Kernel {
  readonly name: string;
  supports(conv: Conv): boolean;
  /** @param targets Render targets that a draw may have. */
  describe(conv: Conv, layouts: Layouts, targets: number): Description;
}

interface Description {
  /** The sums of a slice. */
  readonly size: SliceSize;
  /** Texels that a fragment fetches for each pixel. */
  readonly fetches: number;
  /** Whether the sum may be in a packed texture of TensorFlow.js. */
  readonly canPack: boolean;
  readonly kernelClass: string;
  /** The draw that sums each slice. */
  boundTo(inputs: BoundProgram['inputs'], slices: Slices): BoundProgram;
  /** The uniforms of the draw that sums the slices. */
  readonly sumValues: SliceSums['second'];
}

function pathOf(kernel: Kernel): GradPath {
  const describe = (conv: Conv, { tensors }: WebglBackend) => {
    const { rows, columns } = tensors.caps.tile; // a draw may have as many targets as a tile has pixels
    return kernel.describe(conv, layoutsOf(conv, tensors) as Layouts, rows * columns);
  };
  const path: GradPath = {
    name: kernel.name,
    supports(conv, backend) {
      if (!kernel.supports(conv) || !canBeTiled(conv, backend)) return false;
      return hasSlices(describe(conv, backend).size, backend);
    },
    isTrusted(conv, backend) {
      const { kernelClass } = describe(conv, backend);
      return backend.selfTest.check(kernelClass, () => gradFilterIsRight(path, conv, backend));
    },
    run: (args) => run(args, describe(args.conv, args.backend)),
  };
  return path;
}

function run(
  { backend, conv, a: x, b: dy }: GradArgs,
  { size, fetches, canPack, boundTo, sumValues }: Description,
): TensorInfo {
  const { tensors } = backend;
  const layouts = layoutsOf(conv, tensors) as Layouts;
  const inputs = {
    x: tensors.toTiled(x, layouts.x).drawnTexture(),
    dy: tensors.toTiled(dy, layouts.y).drawnTexture(),
  };
  return sumSlices(backend, {
    shape: filterShapeOf(conv),
    over: layouts.y,
    size,
    fetches,
    canPack,
    first: (slices) => boundTo(inputs, slices),
    second: sumValues,
  });
}

function depthwiseWindowOf({ kW, strideW, dilationW }: Conv, targets: number): GradDepthwiseSpec['window'] {
  const isKnown = (kW === 3 || kW === 5 || kW === 7) && kW <= targets && strideW <= 2 && dilationW === 1;
  return isKnown ? { kW, stride: strideW } : undefined;
}

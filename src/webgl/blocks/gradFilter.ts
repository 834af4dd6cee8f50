// Gradients of the filter on the block layout, as paths of the engine.

import type { TensorInfo } from '@tensorflow/tfjs-core';
import { quadsPerOutput } from '../../../kernels/glsl/block/conv.js';
import {
  type GradDepthwiseSpec,
  gradDepthwiseInts,
  gradDepthwiseProgram,
  gradDepthwiseSize,
} from '../../../kernels/glsl/block/gradDepthwise.js';
import { gradFilterInts, gradFilterProgram, gradFilterSize } from '../../../kernels/glsl/block/gradFilter.js';
import { sumDepthwiseInts, sumFilterInts } from '../../../kernels/glsl/block/sumSlices.js';
import type { Conv } from '../../../kernels/types.js';
import { filterShapeOf } from '../../conv.js';
import type { WebglBackend } from '../backend.js';
import type { GradPath } from '../paths.js';
import { isDepthwise, isInBlocks, type Layouts, layoutsOf } from './plan.js';
import { hasSlices, sumSlices } from './slices.js';

export const blockGradFilter: GradPath = {
  name: 'blocks/gradFilter',
  supports: (conv, backend) =>
    isInBlocks(conv, backend) && hasSlices(gradFilterSize(conv, quadsOf(conv, backend)), backend),
  run: ({ backend, conv, a: x, b: dy }) => {
    const quads = quadsOf(conv, backend);
    const layouts = layoutsOf(conv, backend.blocks) as Layouts;
    const inputs = inputsOf(backend, x, dy, layouts);
    return sumSlices(backend, {
      shape: filterShapeOf(conv),
      over: layouts.y,
      size: gradFilterSize(conv, quads),
      fetches: 1 + quads,
      first: (slices) => ({
        program: gradFilterProgram({ x: layouts.x.block, dy: layouts.y.block, quads }),
        ints: gradFilterInts(conv, layouts.x, layouts.y, slices),
        inputs,
      }),
      second: (slices, columns) => sumFilterInts(conv, slices, columns),
    });
  },
};

export const blockDepthwiseGradFilter: GradPath = {
  name: 'blocks/depthwiseGradFilter',
  supports: (conv, backend) => {
    if (!isDepthwise(conv) || !isInBlocks(conv, backend)) return false;
    return hasSlices(gradDepthwiseSize(conv, depthwiseSpec(conv, backend)), backend);
  },
  run: ({ backend, conv, a: x, b: dy }) => {
    const spec = depthwiseSpec(conv, backend);
    const size = gradDepthwiseSize(conv, spec);
    const layouts = layoutsOf(conv, backend.blocks) as Layouts;
    const inputs = inputsOf(backend, x, dy, layouts);
    return sumSlices(backend, {
      shape: filterShapeOf(conv),
      over: layouts.y,
      size,
      fetches: 1 + size.layers,
      first: (slices) => ({
        program: gradDepthwiseProgram(spec),
        ints: gradDepthwiseInts(conv, layouts.x, layouts.y, slices),
        inputs,
      }),
      second: (slices, columns) => sumDepthwiseInts(conv, slices, columns),
    });
  },
};

function inputsOf({ blocks }: WebglBackend, x: TensorInfo, dy: TensorInfo, layouts: Layouts) {
  return { x: blocks.blocksOf(x, layouts.x).texture, dy: blocks.blocksOf(dy, layouts.y).texture };
}

/** There are as many targets as an image's block has pixels. */
function targetsOf({ blocks }: WebglBackend): number {
  return blocks.caps.block.rows * blocks.caps.block.columns;
}

/** Two input quads at once where there are two. */
function quadsOf(conv: Conv, backend: WebglBackend): 1 | 2 {
  return targetsOf(backend) >= 8 && quadsPerOutput(conv) > 1 ? 2 : 1;
}

function depthwiseSpec(conv: Conv, backend: WebglBackend): GradDepthwiseSpec {
  const { kW, strideW, dilationW } = conv;
  const { x, y } = layoutsOf(conv, backend.blocks) as Layouts;
  const isKnown = (kW === 3 || kW === 5 || kW === 7) && kW <= targetsOf(backend) && strideW <= 2 && dilationW === 1;
  return { x: x.block, dy: y.block, ...(isKnown && { window: { kW, stride: strideW } }) };
}

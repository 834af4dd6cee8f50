// 3x3 convolutions by Winograd's minimal filtering (kernels/glsl/tiled/winograd/outputTiles.ts), forward and input
// gradient: which convolutions it can compute, for which it pays, and the draws.

import type { Conv } from '../../../../kernels/conv.js';
import { transposeOf } from '../../../../kernels/glsl/tiled/conv/gradInput.js';
import { convPacking, type Packing } from '../../../../kernels/glsl/tiled/conv/weights.js';
import type { TileLayout } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { winogradFilterProgram, winogradFilterSize } from '../../../../kernels/glsl/tiled/winograd/filter.js';
import { winogradInputProgram, winogradInputValues } from '../../../../kernels/glsl/tiled/winograd/input.js';
import { winogradOutputProgram, winogradOutputValues } from '../../../../kernels/glsl/tiled/winograd/output.js';
import {
  inputSize,
  type OutputTileGrid,
  outputRows,
  outputTilesOf,
  planOutputTiles,
  productSize,
} from '../../../../kernels/glsl/tiled/winograd/outputTiles.js';
import { winogradProductProgram, winogradProductValues } from '../../../../kernels/glsl/tiled/winograd/product.js';
import { readFlag } from '../../../tfjs/flags.js';
import { bind } from '../gl/draw.js';
import type { TiledTexture } from '../gl/textures.js';
import type { TensorStore } from '../tensors/tensorStore.js';
import { type ConvPlan, type Layouts, layoutsOf, matrixFits, type Operands, plainForm, programsFor } from './plan.js';

// Texels of a part's transformed inputs, and of their products. On a software renderer four MiB are as fast as sixteen;
// a GPU needs some hundred thousand fragments to be busy, each of which writes eight texels.
const texelsOfPart = { software: 2 ** 18, gpu: 2 ** 20 } as const;

export function winogradPlan(conv: Conv, store: TensorStore): ConvPlan | undefined {
  const layouts = is3x3(conv) ? layoutsOf(conv, store) : undefined;
  return layouts && makePlan(conv, layouts, convPacking(conv), store);
}

/** dx is the convolution of dy with the filter rotated by 180 degrees. */
export function winogradGradInputPlan(conv: Conv, store: TensorStore): ConvPlan | undefined {
  const layouts = is3x3(conv) ? layoutsOf(conv, store) : undefined;
  const transposed = layouts && { x: layouts.y, y: layouts.x };
  return transposed && makePlan(transposeOf(conv), transposed, convPacking(conv, 'gradInput'), store);
}

function makePlan(conv: Conv, { x, y }: Layouts, packing: Packing, store: TensorStore): ConvPlan | undefined {
  const size = winogradFilterSize(conv);
  const isWide = [x, y].every(({ tile }) => tile.rows === 2 && tile.columns === 4);
  const canRun = store.textures.isFloat32 && isWide && matrixFits(packing, store) && matrixFits(size, store);
  const texels = isGpu(store) ? texelsOfPart.gpu : texelsOfPart.software;
  const limits = { texels, textureSize: store.caps.maxTextureSize };
  const grids = canRun ? planOutputTiles(conv, x, y, limits) : undefined;
  if (!grids) return undefined;
  const programOf = programsFor(winogradOutputProgram);
  return {
    ...{ x, y, packing, kernelClass: programOf(plainForm).key },
    weights: ({ matrices }, w) => {
      return matrices.derived(w, packing, { name: 'winograd', ...size }, (plain) => {
        return bind(winogradFilterProgram(), { w: plain }, {});
      });
    },
    draw: (store, target, operands) => {
      const last = programOf(operands.epilogue);
      for (const grid of grids) drawPart(store, target, { conv, x, y, grid, last, operands });
    },
  };
}

function is3x3({ kH, kW, strideH, strideW, dilationH, dilationW, groups }: Conv): boolean {
  return kH === 3 && kW === 3 && [strideH, strideW, dilationH, dilationW, groups].every((s) => s === 1);
}

interface Part {
  readonly conv: Conv;
  readonly x: TileLayout;
  readonly y: TileLayout;
  readonly grid: OutputTileGrid;
  readonly last: ReturnType<typeof winogradOutputProgram>;
  readonly operands: Operands;
}

function drawPart(store: TensorStore, target: TiledTexture, { conv, x, y, grid, last, operands }: Part): void {
  const { x: image, w: u, ...inputs } = operands.inputs;
  store.textures.lend(inputSize(grid, x), (v) => {
    store.draw(v, bind(winogradInputProgram(), { x: image }, winogradInputValues(conv, x, grid)));
    store.textures.lend(productSize(grid, y), (m) => {
      store.draw(m, bind(winogradProductProgram(), { v, u }, winogradProductValues(x, y, grid)));
      const output = bind(last, { m, ...inputs }, winogradOutputValues(y, grid, operands.clamp));
      store.draw(target, output, outputRows(grid, y));
    });
  });
}

// Nanoseconds on the software renderer of kernels/glsl/README.md; only their ratios matter.
const cost = {
  /** A tile of 2x4 pixels by the window of 3x3, for a quad of channels in and one out. */
  plain: 190,
  /** The 36 products of an output tile, for the same. */
  product: 135,
  /** The transforms of an output tile, for a quad of channels. */
  input: 540,
  output: 440,
} as const;

// On GPUs memory bounds the three passes unless there are many channels. These bounds are those of TensorFlow Lite for
// the same passes on all GPUs but Adreno (tensorflow/lite/delegates/gpu/common/selectors).
const leastOnGpus = { quads: 16, outputTiles: 32 } as const;

/**
 * Whether it is faster than the window of 3x3, and the transformed filter, which is four times as large and kept, takes
 * no more memory than the matrix of patches of a convolution as a matrix product.
 */
export function winogradPays(conv: Conv, store: TensorStore): boolean {
  const { batch, outH, outW, inC, outC } = conv;
  const isSmall = 27 * inC * outC <= 9 * inC * batch * outH * outW;
  if (readFlag('CONVNET_WINOGRAD') !== 'auto' || !isSmall) return false;
  const [inQuads, outQuads] = [inC, outC].map((channels) => Math.ceil(channels / 4));
  const { rows, columns } = outputTilesOf(conv);
  const outputTiles = batch * rows * columns;
  if (isGpu(store)) {
    return Math.min(inQuads, outQuads) >= leastOnGpus.quads && outputTiles >= leastOnGpus.outputTiles;
  }
  const plain = batch * Math.ceil(outH / 2) * Math.ceil(outW / 4) * inQuads * outQuads * cost.plain;
  const products = inQuads * outQuads * cost.product;
  const transforms = inQuads * cost.input + outQuads * cost.output;
  return outputTiles * (products + transforms) < plain;
}

/** The form of fetches tells the kind of renderer. */
function isGpu({ caps }: TensorStore): boolean {
  return caps.fetch === 'texelFetch';
}

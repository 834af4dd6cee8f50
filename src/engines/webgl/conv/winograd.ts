// Convolutions of 3x3 by Winograd's minimal filtering (kernels/glsl/tiled/winograd/outputTiles.ts), forward and input gradient: which
// can, whether it pays, and their draws.

import type { Conv } from '../../../../kernels/conv.js';
import type { EpilogueSpec } from '../../../../kernels/glsl/tiled/conv/epilogue.js';
import { transposeOf } from '../../../../kernels/glsl/tiled/conv/gradInput.js';
import { convPacking, type Packing } from '../../../../kernels/glsl/tiled/conv/weights.js';
import { winogradFilterProgram, winogradFilterSize } from '../../../../kernels/glsl/tiled/winograd/filter.js';
import { winogradInputInts, winogradInputProgram } from '../../../../kernels/glsl/tiled/winograd/input.js';
import { winogradOutputInts, winogradOutputProgram } from '../../../../kernels/glsl/tiled/winograd/output.js';
import {
  inputSize,
  type OutputTileGrid,
  outputRows,
  outputTilesOf,
  planOutputTiles,
  productSize,
} from '../../../../kernels/glsl/tiled/winograd/outputTiles.js';
import { winogradProductInts, winogradProductProgram } from '../../../../kernels/glsl/tiled/winograd/product.js';
import { readFlag } from '../../../tfjs/flags.js';
import type { TiledTexture } from '../gl/textures.js';
import type { Source, TensorStore } from '../tensors/tensorStore.js';
import { type ConvPlan, type Layouts, layoutsOf, matrixFits, planOf } from './plan.js';

// Texels of the transformed tiles of a part, and of their products. On a software renderer four MiB are as fast as sixteen; a GPU
// needs some hundred thousand fragments to be busy, each of which writes eight texels.
const texelsOfPart = { software: 2 ** 18, gpu: 2 ** 20 } as const;

export function winogradPlan(conv: Conv, tensors: TensorStore): ConvPlan | undefined {
  const layouts = is3x3(conv) ? layoutsOf(conv, tensors) : undefined;
  return layouts && makePlan(conv, layouts, convPacking(conv), tensors);
}

/** dx is the convolution of dy with the filter turned round. */
export function winogradGradInputPlan(conv: Conv, tensors: TensorStore): ConvPlan | undefined {
  const layouts = is3x3(conv) ? layoutsOf(conv, tensors) : undefined;
  const turned = layouts && { x: layouts.y, y: layouts.x };
  return turned && makePlan(transposeOf(conv), turned, convPacking(conv, 'gradInput'), tensors);
}

function makePlan(conv: Conv, { x, y }: Layouts, packing: Packing, tensors: TensorStore): ConvPlan | undefined {
  const { isFloat32 } = tensors.textures;
  const size = winogradFilterSize(conv);
  const isWide = [x, y].every(({ tile }) => tile.rows === 2 && tile.columns === 4);
  const can = isFloat32 && isWide && matrixFits(packing, tensors) && matrixFits(size, tensors);
  const texels = isGpu(tensors) ? texelsOfPart.gpu : texelsOfPart.software;
  const limits = { texels, textureSize: tensors.caps.maxTextureSize };
  const grids = can ? planOutputTiles(conv, x, y, limits) : undefined;
  return (
    grids &&
    planOf({
      ...{ x, y, packing, ints: [] },
      make: (epilogue: EpilogueSpec) => winogradOutputProgram(epilogue),
      weights: ({ matrices }, w) => {
        const program = winogradFilterProgram();
        return matrices.derived(w, packing, { name: 'winograd', ...size }, (plain) => {
          return { program, inputs: { w: plain }, ints: [] };
        });
      },
      draw: (store, target, last) => {
        for (const grid of grids) drawPart(store, target, { conv, layouts: { x, y }, grid, last });
      },
    })
  );
}

function is3x3({ kH, kW, strideH, strideW, dilationH, dilationW, groups }: Conv): boolean {
  return kH === 3 && kW === 3 && [strideH, strideW, dilationH, dilationW, groups].every((s) => s === 1);
}

interface Part {
  readonly conv: Conv;
  readonly layouts: Layouts;
  readonly grid: OutputTileGrid;
  readonly last: Source;
}

function drawPart(store: TensorStore, target: TiledTexture, { conv, layouts: { x, y }, grid, last }: Part): void {
  const { x: image, w: u, ...inputs } = last.inputs;
  store.textures.lend(inputSize(grid, x), (v) => {
    const ints = winogradInputInts(conv, x, y, grid);
    store.draw({ texture: v }, { program: winogradInputProgram(), inputs: { x: image }, ints });
    store.textures.lend(productSize(grid, y), (m) => {
      const ints = winogradProductInts(x, y, grid);
      store.draw({ texture: m }, { program: winogradProductProgram(), inputs: { v, u }, ints });
      const source = { ...last, inputs: { m, ...inputs }, ints: winogradOutputInts(x, y, grid) };
      store.draw({ texture: target }, source, outputRows(grid, y));
    });
  });
}

// Nanoseconds on the software renderer of kernels/glsl/README.md; only their ratios matter.
const cost = {
  /** A tile of 2x4 pixels without Winograd, for a quad of channels in and one out. */
  plain: 190,
  /** The 36 products of a tile, for the same. */
  product: 135,
  /** The transforms of a tile, for a quad of channels. */
  input: 540,
  output: 440,
} as const;

// On GPUs, where memory bounds the three passes unless there are many channels, what TensorFlow Lite asks of all GPUs but Adreno for the
// same passes (tensorflow/lite/delegates/gpu/common/selectors).
const ofGpus = { quads: 16, tiles: 32 } as const;

/**
 * Whether it is faster than the window of 3x3, and the transformed filter, four times as large and kept, takes no more than the
 * matrix of patches that a convolution as a matrix product would have made.
 */
export function winogradPays(conv: Conv, tensors: TensorStore): boolean {
  const { batch, outH, outW, inC, outC } = conv;
  const isSmall = 27 * inC * outC <= 9 * inC * batch * outH * outW;
  if (readFlag('CONVNET_WINOGRAD') !== 'auto' || !isSmall) return false;
  const [inQuads, outQuads] = [inC, outC].map((channels) => Math.ceil(channels / 4));
  const { rows, columns } = outputTilesOf(conv);
  const tiles = batch * rows * columns;
  if (isGpu(tensors)) return Math.min(inQuads, outQuads) >= ofGpus.quads && tiles >= ofGpus.tiles;
  const plain = batch * Math.ceil(outH / 2) * Math.ceil(outW / 4) * inQuads * outQuads * cost.plain;
  const products = inQuads * outQuads * cost.product;
  const transforms = inQuads * cost.input + outQuads * cost.output;
  return tiles * (products + transforms) < plain;
}

/** What texels are fetched by tells the kind of renderer. */
function isGpu({ caps }: TensorStore): boolean {
  return caps.fetch === 'texelFetch';
}

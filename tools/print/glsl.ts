// The fragment shaders for `npm run print`, each under the path of the file that makes it.

import type { EpilogueSpec } from '../../kernels/glsl/tiled/conv/clampEpilogue.js';
import { convProgram, type Window } from '../../kernels/glsl/tiled/conv/conv.js';
import { gradFilterProgram } from '../../kernels/glsl/tiled/conv/gradFilter.js';
import { type GradInputWindow, gradInputProgram } from '../../kernels/glsl/tiled/conv/gradInput.js';
import { packWeightsProgram } from '../../kernels/glsl/tiled/conv/packWeights.js';
import { pointwiseProgram } from '../../kernels/glsl/tiled/conv/pointwise.js';
import { depthwiseProgram } from '../../kernels/glsl/tiled/depthwise/depthwise.js';
import { gradDepthwiseProgram } from '../../kernels/glsl/tiled/depthwise/gradDepthwise.js';
import { affineProgram } from '../../kernels/glsl/tiled/elementwise/affine.js';
import { binaryNames, binaryProgram } from '../../kernels/glsl/tiled/elementwise/binary.js';
import { clampProgram } from '../../kernels/glsl/tiled/elementwise/clamp.js';
import { normalizeProgram } from '../../kernels/glsl/tiled/elementwise/normalize.js';
import { selectProgram } from '../../kernels/glsl/tiled/elementwise/select.js';
import { unaryNames, unaryProgram } from '../../kernels/glsl/tiled/elementwise/unary.js';
import { updateProgram } from '../../kernels/glsl/tiled/elementwise/update.js';
import { flatArgExtremeProgram } from '../../kernels/glsl/tiled/flat/argExtreme.js';
import { flatBinaryProgram } from '../../kernels/glsl/tiled/flat/binary.js';
import { flatJoinProgram } from '../../kernels/glsl/tiled/flat/join.js';
import { flatMoveProgram } from '../../kernels/glsl/tiled/flat/move.js';
import { flatPickProgram } from '../../kernels/glsl/tiled/flat/pick.js';
import type { FetchForm } from '../../kernels/glsl/tiled/layout/addressing.js';
import { type TileShape, tileShapes } from '../../kernels/glsl/tiled/layout/layout.js';
import { toTfjsProgram } from '../../kernels/glsl/tiled/layout/toTfjs.js';
import { toTilesProgram } from '../../kernels/glsl/tiled/layout/toTiles.js';
import { denseProgram } from '../../kernels/glsl/tiled/matmul/dense.js';
import { denseSumProgram } from '../../kernels/glsl/tiled/matmul/denseSum.js';
import { flattenProgram } from '../../kernels/glsl/tiled/matmul/flatten.js';
import { concatProgram } from '../../kernels/glsl/tiled/movement/concat.js';
import { depthToSpaceProgram } from '../../kernels/glsl/tiled/movement/depthToSpace.js';
import { gatherProgram } from '../../kernels/glsl/tiled/movement/gather.js';
import { poolProgram } from '../../kernels/glsl/tiled/pooling/pool.js';
import { poolGradProgram } from '../../kernels/glsl/tiled/pooling/poolGrad.js';
import { poolGradInTileProgram } from '../../kernels/glsl/tiled/pooling/poolGradInTile.js';
import { fragmentSource, type TileProgram } from '../../kernels/glsl/tiled/program.js';
import { axisMeanProgram } from '../../kernels/glsl/tiled/reduction/axisMean.js';
import { normSumsProgram } from '../../kernels/glsl/tiled/reduction/normSums.js';
import { reduceProgram } from '../../kernels/glsl/tiled/reduction/reduce.js';
import { softmaxProgram } from '../../kernels/glsl/tiled/reduction/softmax.js';
import { sumPixelsProgram } from '../../kernels/glsl/tiled/reduction/sumPixels.js';
import { sumSlicesProgram } from '../../kernels/glsl/tiled/reduction/sumSlices.js';
import { bilinearProgram } from '../../kernels/glsl/tiled/resize/bilinear.js';
import { winogradFilterProgram } from '../../kernels/glsl/tiled/winograd/filter.js';
import { winogradInputProgram } from '../../kernels/glsl/tiled/winograd/input.js';
import { winogradOutputProgram } from '../../kernels/glsl/tiled/winograd/output.js';
import { winogradProductProgram } from '../../kernels/glsl/tiled/winograd/product.js';
import { poolArgmaxSource } from '../../kernels/glsl/untiled/argmax.js';
import { type UntiledBinaryName, untiledBinaryNames } from '../../kernels/glsl/untiled/binary.js';
import { conv2d } from '../../kernels/glsl/untiled/conv2d.js';
import { type CropMethod, cropAndResizeSource } from '../../kernels/glsl/untiled/cropAndResize.js';
import { untiledBinary, untiledUnary } from '../../kernels/glsl/untiled/elementwise.js';
import { extremeSource } from '../../kernels/glsl/untiled/extreme.js';
import { type ComplexPart, fourierSource } from '../../kernels/glsl/untiled/fourier.js';
import { gradFilter } from '../../kernels/glsl/untiled/gradFilter.js';
import { gradInput } from '../../kernels/glsl/untiled/gradInput.js';
import type { UntiledDeclaration } from '../../kernels/glsl/untiled/kernel.js';
import { lrnSource } from '../../kernels/glsl/untiled/lrn.js';
import { rotateSource } from '../../kernels/glsl/untiled/rotate.js';
import { scatterSource } from '../../kernels/glsl/untiled/scatter.js';
import { type UntiledUnaryName, untiledUnaryNames } from '../../kernels/glsl/untiled/unary.js';
import { resultsOf, ruleNames } from '../../kernels/update.js';
import type { Printable, PrintTable } from './table.js';

/** The alternatives of one option, by the word that stands for each; the first is the default. */
type Option<T> = Readonly<Record<string, T>>;

const fetches: Option<FetchForm> = { texture: 'texture', texelFetch: 'texelFetch' };

/** The tile of all tensors, and that of vectors where they are allowed. */
const tiles: Option<TileShape> = { wide: tileShapes.wide, square: tileShapes.square };
const tilesAndVectors: Option<TileShape> = { ...tiles, single: tileShapes.single };

const strides: Option<1 | 2> = { stride1: 1, stride2: 2 };
const dilations: Option<1 | 2> = { dilation1: 1, dilation2: 2 };
const lanes: Option<1 | 2 | 3 | 4> = { lanes4: 4, lanes3: 3, lanes2: 2, lanes1: 1 };
const aligned: Option<boolean> = { aligned: true, unaligned: false };
const packed: Option<boolean> = { unpacked: false, packed: true };
const slopes: Option<boolean> = { slope: false, slopes: true };
const residual: Option<boolean> = { noResidual: false, residual: true };

type Filter = Pick<Window, 'kH' | 'kW'> | undefined;

/** Filters that the text is for: whole ones, and rows of filters of any height. */
const filters: Option<Filter> = {
  '3x3': { kH: 3, kW: 3 },
  ...{ '3x1': { kH: 3, kW: 1 }, '5x1': { kH: 5, kW: 1 }, '7x1': { kH: 7, kW: 1 } },
  ...{ row3: { kW: 3 }, row5: { kW: 5 }, row7: { kW: 7 } },
  any: undefined,
};
const depthwiseFilters: Option<Filter> = {
  '3x3': { kH: 3, kW: 3 },
  '5x5': { kH: 5, kW: 5 },
  ...{ row3: { kW: 3 }, row5: { kW: 5 }, row7: { kW: 7 } },
  any: undefined,
};

export const glsl: PrintTable = {
  'glsl/tiled/conv/conv': tiled(
    [filters, strides, dilations, lanes, { oneGroup: false, mixedGroups: true }, slopes, residual, tiles],
    (filter, stride, dilation, lanesOfX, mixed, ...finish) => {
      const window = windowOf(filter, stride, dilation);
      return convProgram({ ...bothTiles(finish[2]), window, lanes: lanesOfX, mixed, ...epilogueOf(finish) });
    },
  ),
  'glsl/tiled/conv/pointwise': tiled([slopes, residual, tilesAndVectors], (...finish) => {
    return pointwiseProgram({ tile: finish[2], ...epilogueOf(finish) });
  }),
  'glsl/tiled/conv/gradInput': tiled(
    [{ '3x3': 3, '5x5': 5, any: undefined }, { dense: false, depthwise: true }, tiles],
    (k, isDepthwise, tile) => {
      const window: GradInputWindow | undefined = k && { kH: k, kW: k, parity: [1, 1] };
      return gradInputProgram({ dy: tile, dx: tile, isDepthwise, steps: [2, 2], window });
    },
  ),
  'glsl/tiled/conv/gradFilter': tiled([{ quads2: 2, quads1: 1 } as const, tiles], (quads, tile) => {
    return gradFilterProgram({ x: tile, dy: tile, quads });
  }),
  'glsl/tiled/conv/packWeights': tiled([], packWeightsProgram),
  'glsl/tiled/depthwise/depthwise': tiled(
    [depthwiseFilters, strides, slopes, residual, tiles],
    (filter, stride, ...finish) => {
      return depthwiseProgram({ ...bothTiles(finish[2]), window: windowOf(filter, stride), ...epilogueOf(finish) });
    },
  ),
  'glsl/tiled/depthwise/gradDepthwise': tiled(
    [{ row3: 3, row5: 5, row7: 7, any: undefined }, strides, { byChannel: false, ofOne: true }, tiles],
    (kW, stride, ofOne, tile) => gradDepthwiseProgram({ x: tile, dy: tile, ofOne, window: kW && { kW, stride } }),
  ),
  'glsl/tiled/winograd/filter': tiled([], winogradFilterProgram),
  'glsl/tiled/winograd/input': tiled([], winogradInputProgram),
  'glsl/tiled/winograd/product': tiled([], winogradProductProgram),
  'glsl/tiled/winograd/output': tiled([slopes, residual], (...finish) => winogradOutputProgram(epilogueOf(finish))),
  'glsl/tiled/matmul/dense': tiled([{ vectors8: 8, vectors4: 4, vectors1: 1 }], denseProgram),
  'glsl/tiled/matmul/denseSum': tiled([], denseSumProgram),
  'glsl/tiled/matmul/flatten': tiled([tiles], flattenProgram),
  'glsl/tiled/elementwise/affine': tiled([tilesAndVectors], affineProgram),
  'glsl/tiled/elementwise/binary': tiled(
    [words(binaryNames), { inOrder: false, swapped: true }, { byPixel: true, byChannel: false }, tilesAndVectors],
    (name, isSwapped, byPixel, tile) => binaryProgram({ name, isSwapped, byPixel, tile }),
  ),
  'glsl/tiled/elementwise/clamp': tiled([tilesAndVectors], clampProgram),
  'glsl/tiled/elementwise/normalize': tiled([tilesAndVectors], normalizeProgram),
  'glsl/tiled/elementwise/select': tiled([tilesAndVectors], selectProgram),
  'glsl/tiled/elementwise/unary': tiled([words(unaryNames), tilesAndVectors], (name, tile) => {
    return unaryProgram({ name, tile });
  }),
  'glsl/tiled/elementwise/update': tiled(
    [words(ruleNames), { textures: 'tfjs', tiles: 'tiles' } as const],
    (rule, form) => {
      const { length: count } = resultsOf({ rule });
      return updateProgram({ rule, isCut: false, norm: 'none', form, from: 0, count });
    },
  ),
  'glsl/tiled/reduction/reduce': tiled([words(['sum', 'mean', 'max'] as const), tilesAndVectors], (operation, tile) => {
    return reduceProgram({ operation, tile });
  }),
  'glsl/tiled/reduction/softmax': tiled([tilesAndVectors], softmaxProgram),
  'glsl/tiled/reduction/axisMean': tiled([], axisMeanProgram),
  'glsl/tiled/reduction/normSums': tiled([tilesAndVectors], normSumsProgram),
  'glsl/tiled/reduction/sumPixels': tiled([tilesAndVectors, words(['sum', 'mean'] as const)], sumPixelsProgram),
  'glsl/tiled/reduction/sumSlices': tiled([words(['unpacked', 'packed', 'mean'] as const)], sumSlicesProgram),
  'glsl/tiled/movement/concat': tiled(
    [{ inputs2: 2, inputs4: 4 } as const, aligned, tiles],
    (inputs, isAligned, tile) => {
      return concatProgram({ tile, inputs, aligned: isAligned });
    },
  ),
  'glsl/tiled/movement/depthToSpace': tiled([aligned, tiles], (isAligned, tile) => {
    return depthToSpaceProgram({ ...bothTiles(tile), aligned: isAligned });
  }),
  'glsl/tiled/movement/gather': tiled(
    [aligned, { repeat1: 1, repeat2: 2, repeat4: 4 } as const, tiles],
    (isAligned, repeat, tile) => gatherProgram({ ...bothTiles(tile), aligned: isAligned, repeat }),
  ),
  'glsl/tiled/pooling/pool': tiled(
    [words(['max', 'mean', 'sum', 'argmax'] as const), { '3x3': 3, '2x2': 2, any: undefined }, strides, tiles],
    (kind, k, stride, tile) => {
      const window = k && kind !== 'argmax' ? { k, stride } : undefined;
      return poolProgram({ kind, ...bothTiles(tile), window });
    },
  ),
  'glsl/tiled/pooling/poolGrad': tiled([words(['max', 'mean'] as const), tiles], (kind, tile) => {
    return poolGradProgram({ kind, dy: tile, dx: tile });
  }),
  'glsl/tiled/pooling/poolGradInTile': tiled([tiles], (tile) => poolGradInTileProgram({ dy: tile, dx: tile })),
  'glsl/tiled/resize/bilinear': tiled([tiles], (tile) => bilinearProgram(bothTiles(tile))),
  'glsl/tiled/flat/argExtreme': tiled([], flatArgExtremeProgram),
  'glsl/tiled/flat/binary': tiled([], flatBinaryProgram),
  'glsl/tiled/flat/join': tiled([], flatJoinProgram),
  'glsl/tiled/flat/move': tiled([], flatMoveProgram),
  'glsl/tiled/flat/pick': tiled([], flatPickProgram),
  'glsl/tiled/layout/toTiles': tiled([packed, tilesAndVectors], (isPacked, tile) => {
    return toTilesProgram({ tile, packed: isPacked });
  }),
  'glsl/tiled/layout/toTfjs': tiled([packed, tilesAndVectors], (isPacked, tile) => {
    return toTfjsProgram({ tile, packed: isPacked });
  }),
  'glsl/untiled/conv2d': untiled(
    conv2d,
    [
      { bias: true, noBias: false },
      { leakyAlpha: false, prelu: true },
    ],
    (words) => {
      const [bias, prelu] = words as [boolean, boolean];
      return conv2d.source({ bias, prelu });
    },
  ),
  'glsl/untiled/gradInput': untiled(gradInput, [], () => gradInput.source(null)),
  'glsl/untiled/gradFilter': untiled(gradFilter, [], () => gradFilter.source(null)),
  'glsl/untiled/unary': printable([words(untiledUnaryNames), packed], ([name, isPacked]) => {
    return untiledUnary(name as UntiledUnaryName, { isPacked: isPacked as boolean });
  }),
  'glsl/untiled/binary': printable([words(untiledBinaryNames), packed], ([name, isPacked]) => {
    return untiledBinary(name as UntiledBinaryName, { isPacked: isPacked as boolean });
  }),
  'glsl/untiled/argmax': printable([], () => poolArgmaxSource),
  'glsl/untiled/extreme': printable([], () => extremeSource),
  'glsl/untiled/cropAndResize': printable([words(['bilinear', 'nearest'])], ([method]) => {
    return cropAndResizeSource(method as CropMethod);
  }),
  'glsl/untiled/fourier': printable([words(['real', 'imag'])], ([part]) => fourierSource(part as ComplexPart)),
  'glsl/untiled/lrn': printable([], () => lrnSource),
  'glsl/untiled/scatter': printable(
    [
      { all: false, one: true },
      { before: true, constant: false },
      { put: false, sum: true },
    ],
    (options) => {
      const [isForAll, hasBefore, isSum] = options as [boolean, boolean, boolean];
      return scatterSource({ strides: [6, 1], isForAll, hasBefore, isSum });
    },
  ),
  'glsl/untiled/rotate': printable([], () => rotateSource),
};

/** A family of programs; `make` takes the chosen value of each option. */
function tiled<const V extends readonly unknown[]>(
  options: { readonly [I in keyof V]: Option<V[I]> },
  make: (...values: V) => TileProgram,
): Printable {
  const all: readonly Option<unknown>[] = [...options, fetches];
  return printable(all, (values) => {
    return fragmentSource(make(...(values.slice(0, -1) as unknown as V)), values.at(-1) as FetchForm);
  });
}

/** TensorFlow.js writes the declarations of inputs, uniforms and the output before the text of an untiled kernel. */
function untiled(
  { name, uniforms }: { readonly name: string; readonly uniforms: UntiledDeclaration },
  options: readonly Option<unknown>[],
  source: (values: readonly unknown[]) => string,
): Printable {
  const declarations = Object.entries(uniforms).map(([uniform, type]) => `uniform ${type} ${uniform};`);
  return printable(options, (values) => [`// ${name}`, ...declarations, source(values)].join('\n'));
}

function printable(options: readonly Option<unknown>[], print: (values: readonly unknown[]) => string): Printable {
  const shown = options.map((option) => Object.keys(option).join('|')).join(' ');
  return {
    options: shown,
    print(args) {
      const given = args
        .join(' ')
        .replace(/ (?=\d+( |$))/g, '')
        .split(' ')
        .filter(Boolean); // "stride 2" is stride2
      const chosen = options.map(
        (option) => given.find((word) => Object.hasOwn(option, word)) ?? Object.keys(option)[0],
      );
      const unused = given.find((word) => !chosen.includes(word));
      if (unused !== undefined) throw new Error(`the options are ${shown}, one of each; received ${unused}`);
      return print(options.map((option, i) => option[chosen[i]]));
    },
  };
}

function windowOf(filter: Filter, stride: number, dilation = 1): Window | undefined {
  return filter && { ...filter, stride, ...(dilation > 1 && { dilation }) };
}

function epilogueOf([hasSlopes, hasResidual]: readonly [boolean, boolean, ...unknown[]]): EpilogueSpec {
  return { slopes: hasSlopes, affine: true, residual: hasResidual };
}

function bothTiles(tile: TileShape): { readonly x: TileShape; readonly y: TileShape } {
  return { x: tile, y: tile };
}

function words<T extends string>(values: readonly T[]): Option<T> {
  return Object.fromEntries(values.map((value) => [value, value]));
}

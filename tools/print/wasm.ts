// The WebAssembly programs for `npm run print`, each under the path of the file that makes it.

import { gemmProgram, type Tile } from '../../kernels/wasm/conv/gemm.js';
import { outerProgram, outerTiles } from '../../kernels/wasm/conv/gradFilter.js';
import { packProgram } from '../../kernels/wasm/conv/pack.js';
import { allTiles } from '../../kernels/wasm/conv/tiles.js';
import { repeatProgram, sumProgram } from '../../kernels/wasm/depthwise/channels.js';
import { depthwiseGradFilterProgram } from '../../kernels/wasm/depthwise/gradFilterProgram.js';
import { packDepthwiseProgram } from '../../kernels/wasm/depthwise/pack.js';
import { rowProgram, rowSizes, rowStrides } from '../../kernels/wasm/depthwise/rowProgram.js';
import { tapsProgram } from '../../kernels/wasm/depthwise/tapsProgram.js';
import { binaryProgram, patterns } from '../../kernels/wasm/elementwise/binaryProgram.js';
import { binaryFunctions } from '../../kernels/wasm/elementwise/binaryTable.js';
import { boolPrograms } from '../../kernels/wasm/elementwise/bools.js';
import { normalizeProgram } from '../../kernels/wasm/elementwise/normalize.js';
import { unaryNames, unaryProgram } from '../../kernels/wasm/elementwise/unary.js';
import {
  type ArgTypes,
  type Features,
  type Fn,
  type Program,
  parameterNames,
  printFn,
} from '../../kernels/wasm/emit/index.js';
import { gemvProgram } from '../../kernels/wasm/matmul/gemv.js';
import { copyProgram } from '../../kernels/wasm/movement/copy.js';
import { gatherProgram } from '../../kernels/wasm/movement/gather.js';
import { padProgram } from '../../kernels/wasm/movement/pad.js';
import { transposeProgram } from '../../kernels/wasm/movement/transpose.js';
import { maxGradProgram, maxProgram, meanProgram, positionProgram } from '../../kernels/wasm/pooling/programs.js';
import { argPrograms } from '../../kernels/wasm/reduction/argMax.js';
import { columnPrograms, rowPrograms } from '../../kernels/wasm/reduction/reduce.js';
import { softmaxProgram } from '../../kernels/wasm/reduction/softmax.js';
import { bilinearProgram } from '../../kernels/wasm/resize/resizeBilinear.js';
import { resizeGradProgram } from '../../kernels/wasm/resize/resizeGrad.js';
import { filterProgram } from '../../kernels/wasm/winograd/filter.js';
import { winogradInput } from '../../kernels/wasm/winograd/input.js';
import { winogradOutput } from '../../kernels/wasm/winograd/output.js';
import { f23, f25, f43, type Transforms } from '../../kernels/wasm/winograd/transforms.js';
import type { Printable } from './table.js';

/** What is printed can be had as statements, too. */
interface WasmPrintable extends Printable {
  emit(args: readonly string[]): Fn;
}

type AnyProgram = Pick<Program<ArgTypes>, 'name' | 'emit'>;

/** The alternatives of one option, by the word that stands for each; the first is the default. */
type Option<T> = Readonly<Record<string, T>>;

const features: Option<Features> = {
  plain: { fma: false, shared: false },
  fma: { fma: true, shared: false },
};
const tiles = tileOption(allTiles);
const panels = option([...new Set(allTiles.map(({ nr }) => nr))], (nr) => `nr${nr}`);
const transforms: Option<Transforms> = { f43, f23, f25 };
const along = option(['columns', 'rows'] as const, (name) => name);

export const wasm: Readonly<Record<string, WasmPrintable>> = {
  'wasm/conv/gemm': chosen([tiles], gemmProgram),
  'wasm/conv/gradFilter': chosen([tileOption(outerTiles)], outerProgram),
  'wasm/conv/pack': chosen([along, panels], packProgram),
  'wasm/winograd/filter': chosen([transforms, panels], filterProgram),
  'wasm/winograd/input': chosen([transforms], winogradInput),
  'wasm/winograd/output': chosen([transforms], winogradOutput),
  'wasm/depthwise/channels': oneOf({ repeat: repeatProgram, sum: sumProgram }),
  'wasm/depthwise/gradFilterProgram': single(depthwiseGradFilterProgram),
  'wasm/depthwise/pack': single(packDepthwiseProgram),
  'wasm/depthwise/rowProgram': chosen(
    [option(rowSizes, (k) => `${k}x${k}`), option(rowStrides, (stride) => `stride${stride}`)],
    (k, strideW) => rowProgram({ kH: k, kW: k, strideW }),
  ),
  'wasm/depthwise/tapsProgram': single(tapsProgram),
  'wasm/matmul/gemv': single(gemvProgram),
  'wasm/elementwise/unary': chosen([option(unaryNames, (name) => name)], (name) => unaryProgram(name).program),
  'wasm/elementwise/binaryProgram': chosen(
    [option(keysOf(binaryFunctions), (name) => name), option(patterns, (pattern) => pattern)],
    binaryProgram,
  ),
  'wasm/elementwise/bools': oneOf(boolPrograms),
  'wasm/elementwise/normalize': single(normalizeProgram),
  'wasm/reduction/argMax': oneOf(argPrograms),
  'wasm/reduction/reduce': chosen(
    [option(keysOf(rowPrograms), (name) => name), { rows: rowPrograms, columns: columnPrograms }],
    (name, programs): AnyProgram => programs[name],
  ),
  'wasm/reduction/softmax': single(softmaxProgram),
  'wasm/movement/copy': single(copyProgram),
  'wasm/movement/gather': single(gatherProgram),
  'wasm/movement/pad': single(padProgram),
  'wasm/movement/transpose': single(transposeProgram),
  'wasm/pooling/programs': oneOf({
    max: maxProgram,
    position: positionProgram,
    mean: meanProgram,
    maxGrad: maxGradProgram,
  }),
  'wasm/resize/resizeBilinear': single(bilinearProgram),
  'wasm/resize/resizeGrad': single(resizeGradProgram),
};

/** A family of programs; `make` takes the chosen value of each option. */
function chosen<const V extends readonly unknown[]>(
  options: { readonly [I in keyof V]: Option<V[I]> },
  make: (...values: V) => AnyProgram,
): WasmPrintable {
  const all: readonly Option<unknown>[] = [...options, features];
  const shown = all.map((words) => Object.keys(words).join('|')).join(' ');
  const emit = (args: readonly string[]): Fn => {
    const words = all.map((option) => args.find((arg) => Object.hasOwn(option, arg)) ?? Object.keys(option)[0]);
    const unused = args.find((arg) => !words.includes(arg));
    if (unused !== undefined) throw new Error(`the options are ${shown}, one of each; received ${unused}`);
    const values = all.map((option, i) => option[words[i]]);
    return make(...(values.slice(0, -1) as unknown as V)).emit(values.at(-1) as Features);
  };
  return { options: shown, emit, print: (args) => printFn(emit(args), parameterNames) };
}

function single(program: AnyProgram): WasmPrintable {
  return chosen([], () => program);
}

function oneOf(programs: Option<AnyProgram>): WasmPrintable {
  return chosen([programs], (program) => program);
}

function option<T>(values: readonly T[], wordOf: (value: T) => string): Option<T> {
  return Object.fromEntries(values.map((value) => [wordOf(value), value]));
}

function tileOption(values: readonly Tile[]): Option<Tile> {
  return option(values, ({ mr, nr }) => `${mr}x${nr}`);
}

function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(table) as K[];
}

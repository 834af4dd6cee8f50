// The WebAssembly programs for `npm run print`, each under the path of the file that makes it.

import { ruleNames } from '../../kernels/update.js';
import { gemmProgram, type Tile } from '../../kernels/wasm/conv/gemm.js';
import { outerProgram, outerTiles } from '../../kernels/wasm/conv/gradFilter.js';
import { packProgram } from '../../kernels/wasm/conv/pack.js';
import { allTiles } from '../../kernels/wasm/conv/tiles.js';
import { repeatProgram, sumProgram } from '../../kernels/wasm/depthwise/channels.js';
import { depthwiseGradFilterProgram } from '../../kernels/wasm/depthwise/gradFilterProgram.js';
import { packDepthwiseProgram } from '../../kernels/wasm/depthwise/pack.js';
import { rowForms } from '../../kernels/wasm/depthwise/rowForm.js';
import { rowProgram, rowSizes, rowStrides } from '../../kernels/wasm/depthwise/rowProgram.js';
import { tapsProgram } from '../../kernels/wasm/depthwise/tapsProgram.js';
import { binaryProgram, patterns } from '../../kernels/wasm/elementwise/binaryProgram.js';
import { binaryFunctions } from '../../kernels/wasm/elementwise/binaryTable.js';
import { boolPrograms } from '../../kernels/wasm/elementwise/bools.js';
import {
  normalizeGradProgram,
  normalizeProgram,
  normalizeReluGradProgram,
  normalizeReluProgram,
} from '../../kernels/wasm/elementwise/normalize.js';
import { unaryNames, unaryProgram } from '../../kernels/wasm/elementwise/unary.js';
import { updateProgram } from '../../kernels/wasm/elementwise/update.js';
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
import { fillProgram } from '../../kernels/wasm/movement/fill.js';
import { gatherProgram } from '../../kernels/wasm/movement/gather.js';
import { gatherSlicesProgram, oneHotProgram, scatterPrograms } from '../../kernels/wasm/movement/indexed.js';
import { padProgram } from '../../kernels/wasm/movement/pad.js';
import { pixelsProgram } from '../../kernels/wasm/movement/pixels.js';
import { transposeProgram } from '../../kernels/wasm/movement/transpose.js';
import {
  maxGradProgram,
  maxProgram,
  meanGradProgram,
  meanOfFewProgram,
  meanProgram,
  positionProgram,
} from '../../kernels/wasm/pooling/programs.js';
import { argPrograms } from '../../kernels/wasm/reduction/argMax.js';
import { channelSumsPrograms } from '../../kernels/wasm/reduction/channelSums.js';
import { cumulatePrograms } from '../../kernels/wasm/reduction/cumulate.js';
import { correctProgram } from '../../kernels/wasm/reduction/mean.js';
import { nonMaxProgram } from '../../kernels/wasm/reduction/nonMax.js';
import { columnPrograms, rowPrograms } from '../../kernels/wasm/reduction/reduce.js';
import { softmaxProgram } from '../../kernels/wasm/reduction/softmax.js';
import { topKPrograms } from '../../kernels/wasm/reduction/topK.js';
import { bilinearProgram } from '../../kernels/wasm/resize/resizeBilinear.js';
import { resizeGradProgram } from '../../kernels/wasm/resize/resizeGrad.js';
import { filterProgram } from '../../kernels/wasm/winograd/filter.js';
import { winogradInput } from '../../kernels/wasm/winograd/input.js';
import { winogradOutput } from '../../kernels/wasm/winograd/output.js';
import { f23, f25, f43, type Transforms } from '../../kernels/wasm/winograd/transforms.js';
import type { Printable } from './table.js';

/** A program that can be had as statements, too. */
interface WasmPrintable extends Printable {
  /** @param features Those of the machine, instead of those that `args` name. */
  emit(args: readonly string[], features?: Features): Fn;
}

type AnyProgram = Pick<Program<ArgTypes>, 'name' | 'emit'>;

/** The alternatives of one option, by the word that stands for each; the first is the default. */
type Option<T> = Readonly<Record<string, T>>;

const plain: Features = { fma: false, shared: false };
/** For programs with multiply-adds, whose text depends on whether the machine has an instruction for these. */
const fma: Option<Features> = { plain, fma: { ...plain, fma: true } };

const tiles = tileOption(allTiles);
const panels = option([...new Set(allTiles.map(({ nr }) => nr))], (nr) => `nr${nr}`);
const transforms: Option<Transforms> = { f43, f23, f25 };
const along = option(['columns', 'rows'] as const, (name) => name);

export const wasm: Readonly<Record<string, WasmPrintable>> = {
  'wasm/conv/gemm': chosen([tiles, { clamp: false, prelu: true }], gemmProgram, fma),
  'wasm/conv/gradFilter': chosen([tileOption(outerTiles)], outerProgram, fma),
  'wasm/conv/pack': chosen([along, panels], packProgram),
  'wasm/winograd/filter': chosen([transforms, panels], filterProgram, fma),
  'wasm/winograd/input': chosen([transforms], winogradInput, fma),
  'wasm/winograd/output': chosen([transforms], winogradOutput, fma),
  'wasm/depthwise/channels': oneOf({ repeat: repeatProgram, sum: sumProgram }),
  'wasm/depthwise/gradFilterProgram': single(depthwiseGradFilterProgram, fma),
  'wasm/depthwise/pack': single(packDepthwiseProgram),
  'wasm/depthwise/rowProgram': chosen(
    [
      option(rowSizes, (k) => `${k}x${k}`),
      option(rowStrides, (stride) => `stride${stride}`),
      option([0, 1, 2, 3], (form) => `form${form}`),
    ],
    (k, strideW, form) => rowProgram({ kH: k, kW: k, strideW, ...rowForms(k)[form] }),
    fma,
  ),
  'wasm/depthwise/tapsProgram': single(tapsProgram, fma),
  'wasm/matmul/gemv': single(gemvProgram, fma),
  'wasm/elementwise/unary': chosen([option(unaryNames, (name) => name)], (name) => unaryProgram(name).program, fma),
  'wasm/elementwise/binaryProgram': chosen(
    [option(keysOf(binaryFunctions), (name) => name), option(patterns, (pattern) => pattern)],
    binaryProgram,
  ),
  'wasm/elementwise/bools': oneOf(boolPrograms),
  'wasm/elementwise/perChannel': chosen(
    [
      {
        normalize: normalizeProgram,
        normalizeRelu: normalizeReluProgram,
        normalizeGrad: normalizeGradProgram,
        normalizeReluGrad: normalizeReluGradProgram,
      },
    ],
    (of): AnyProgram => of,
    fma,
  ),
  'wasm/elementwise/update': chosen(
    [option(ruleNames, (name) => name)],
    (rule) => updateProgram({ rule, isCut: false }),
    fma,
  ),
  'wasm/reduction/argMax': chosen(
    [
      option(['max', 'min'] as const, (name) => name),
      option(['float32', 'int32'] as const, (name) => name),
      argPrograms,
    ],
    (which, dtype, programs): AnyProgram => programs[which][dtype],
  ),
  'wasm/reduction/channelSums': chosen([channelSumsPrograms], (of): AnyProgram => of, fma),
  'wasm/reduction/cumulate': chosen(
    [option(['float32', 'int32'] as const, (name) => name), cumulatePrograms],
    (dtype, programs): AnyProgram => programs[dtype],
  ),
  'wasm/reduction/mean': single(correctProgram),
  'wasm/reduction/nonMax': single(nonMaxProgram),
  'wasm/reduction/reduce': chosen(
    [option(keysOf(rowPrograms), (name) => name), { rows: rowPrograms, columns: columnPrograms }],
    (name, programs): AnyProgram => programs[name],
  ),
  'wasm/reduction/softmax': single(softmaxProgram, fma),
  'wasm/reduction/topK': oneOf(topKPrograms),
  'wasm/movement/copy': single(copyProgram),
  'wasm/movement/fill': single(fillProgram),
  'wasm/movement/gather': single(gatherProgram),
  'wasm/movement/indexed': oneOf({ gatherSlices: gatherSlicesProgram, oneHot: oneHotProgram, ...scatterPrograms }),
  'wasm/movement/pad': single(padProgram),
  'wasm/movement/pixels': single(pixelsProgram),
  'wasm/movement/transpose': single(transposeProgram),
  'wasm/pooling/programs': oneOf({
    max: maxProgram,
    position: positionProgram,
    mean: meanProgram,
    meanOfFew: meanOfFewProgram,
    meanGrad: meanGradProgram,
    maxGrad: maxGradProgram,
  }),
  'wasm/resize/resizeBilinear': single(bilinearProgram, fma),
  'wasm/resize/resizeGrad': single(resizeGradProgram, fma),
};

/** A family of programs. `make` takes the chosen value of each option. */
function chosen<const V extends readonly unknown[]>(
  options: { readonly [I in keyof V]: Option<V[I]> },
  make: (...values: V) => AnyProgram,
  features: Option<Features> = {},
): WasmPrintable {
  const all: readonly Option<unknown>[] = [...options, features].filter((option) => Object.keys(option).length > 0);
  const shown = all.map((words) => Object.keys(words).join('|')).join(' ');
  const emit = (args: readonly string[], given?: Features): Fn => {
    const words = all.map((option) => args.find((arg) => Object.hasOwn(option, arg)) ?? Object.keys(option)[0]);
    const unused = args.find((arg) => !words.includes(arg));
    if (unused !== undefined) throw new Error(`${rule(shown)}; received ${unused}`);
    const values = options.map((option, i) => option[words[i]]);
    return make(...(values as unknown as V)).emit(given ?? features[words[options.length]] ?? plain);
  };
  return { options: shown, emit, print: (args) => printFn(emit(args), parameterNames) };
}

function rule(options: string): string {
  return options === '' ? 'there are no options' : `the options are ${options}, one of each`;
}

function single(program: AnyProgram, features?: Option<Features>): WasmPrintable {
  return chosen([], () => program, features);
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

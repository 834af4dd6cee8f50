// Checks attributes that say how large a result is, before any engine sees them. TensorFlow.js's functions let many of
// them pass, and its kernels then make a negative or broken shape of them, allocate NaN bytes or do not end.

import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { check, show } from '../core/errors.js';
import { type NamedKernel, wrapKernel } from '../tfjs/registry.js';

type Kernel = NamedKernel | KernelConfig;
type Attrs = Readonly<Record<string, unknown>>;

/** Throws for attributes that no result belongs to. @param shape Of the operand, the first if there are several. */
type Rule = (where: string, shape: readonly number[], attrs: Attrs) => void;

/** Whether a number, and each one in an array of arrays, is whole and at least `least`. One may be left out. */
function areWhole(value: unknown, least: number): boolean {
  if (value == null) return true;
  if (Array.isArray(value)) {
    for (const one of value) if (!areWhole(one, least)) return false;
    return true;
  }
  return typeof value === 'number' && Number.isInteger(value) && value >= least;
}

/** @param name Of an attribute that is a number or an array of them. */
function whole(name: string, least = Number.NEGATIVE_INFINITY): Rule {
  const from = least === Number.NEGATIVE_INFINITY ? 'whole numbers' : `whole numbers from ${least} up`;
  return (where, _, attrs) =>
    check(areWhole(attrs[name], least), where, `${name} must be ${from}`, { [name]: attrs[name] });
}

const both =
  (...rules: readonly Rule[]): Rule =>
  (...args) => {
    for (const rule of rules) rule(...args);
  };

type Pairs = readonly (readonly [number, number])[];

/** A negative padding cuts, at most all that there is. */
const padded: Rule = (where, shape, attrs) => {
  const paddings = attrs.paddings as Pairs;
  const isCut = paddings.some(([before, after], i) => before + after + (shape[i] ?? 0) < 0);
  check(!isCut, where, 'paddings must not cut more than there is', { 'x.shape': shape, paddings });
};

const cropped: Rule = (where, shape, attrs) => {
  const [blockShape, crops] = [attrs.blockShape as readonly number[], attrs.crops as Pairs];
  const isCut = crops.some(([before, after], i) => (shape[i + 1] ?? 0) * blockShape[i] < before + after);
  check(!isCut, where, 'crops must not cut more than there is', { 'x.shape': shape, blockShape, crops });
};

const inBlocks: Rule = (where, shape, { blockSize, dataFormat }) => {
  const channels = shape[dataFormat === 'NCHW' ? 1 : 3] ?? 0;
  const holds = channels % (blockSize as number) ** 2 === 0;
  check(holds, where, 'blockSize * blockSize must divide the channels', { 'x.shape': shape, blockSize });
};

const permuted: Rule = (where, shape, { perm }) => {
  const isOrder = shape.every((_, axis) => (perm as readonly number[]).includes(axis));
  check(isOrder, where, 'perm must name each axis once', { 'x.shape': shape, perm });
};

const atMostAll: Rule = (where, shape, { k }) => {
  check((k as number) <= (shape.at(-1) ?? 1), where, 'k must not be above the size of the last axis', {
    'x.shape': shape,
    k,
  });
};

const steps: Rule = (where, _, { step }) => check(step !== 0, where, 'step must not be 0', { step });

const rules: Readonly<Record<string, Rule>> = {
  BatchToSpaceND: both(whole('blockShape', 1), whole('crops', 0), cropped),
  Bincount: whole('size', 0),
  Conv2DBackpropFilter: whole('filterShape', 0),
  Conv2DBackpropInput: whole('inputShape', 0),
  Conv3DBackpropFilterV2: whole('filterShape', 0),
  Conv3DBackpropInputV2: whole('inputShape', 0),
  CropAndResize: whole('cropSize', 0),
  DenseBincount: whole('size', 0),
  DepthToSpace: both(whole('blockSize', 1), inBlocks),
  Fill: whole('shape', 0),
  MirrorPad: both(whole('paddings'), padded),
  Multinomial: whole('numSamples', 0),
  NonMaxSuppressionV3: whole('maxOutputSize', 0),
  NonMaxSuppressionV4: whole('maxOutputSize', 0),
  NonMaxSuppressionV5: whole('maxOutputSize', 0),
  OneHot: whole('depth', 0),
  PadV2: both(whole('paddings'), padded),
  Range: steps,
  Reshape: whole('shape', -1),
  ResizeBilinear: whole('size', 0),
  ResizeNearestNeighbor: whole('size', 0),
  ScatterNd: whole('shape', 0),
  Slice: both(whole('begin'), whole('size', -1)),
  SpaceToBatchND: both(whole('blockShape', 1), whole('paddings', 0)),
  StridedSlice: both(whole('begin'), whole('end'), whole('strides')),
  Tile: whole('reps', 0),
  TopK: both(whole('k', 0), atMostAll),
  Transpose: permuted,
  Unpack: whole('axis'),
  UnsortedSegmentSum: whole('numSegments', 0),
};

/**
 * Replaces kernels of a list by kernels that check such attributes first. What passes and still crashes, or gives a shape
 * that no tensor has, is an error that names the kernel and what it was given.
 */
export function withCheckedSizes(kernels: readonly Kernel[]): Kernel[] {
  return kernels.map((kernel) => wrapKernel(kernel, checked(kernel.kernelName, kernel.kernelFunc)));
}

function checked(where: string, kernelFunc: KernelFunc): KernelFunc {
  const rule = rules[where];
  return (args) => {
    if (rule) rule(where, firstShape(args), args.attrs as unknown as Attrs);
    const results = named(where, kernelFunc, args);
    if (!Array.isArray(results)) checkShape(where, results, args);
    else for (const result of results) checkShape(where, result, args);
    return results;
  };
}

type Args = Parameters<KernelFunc>[0];

function firstShape({ inputs }: Args): readonly number[] {
  for (const name in inputs) return (inputs[name] as TensorInfo | undefined)?.shape ?? [];
  return [];
}

function checkShape(where: string, result: TensorInfo | undefined, args: Args): void {
  if (!result) return;
  for (const size of result.shape) {
    if (Number.isInteger(size) && size >= 0) continue;
    check(false, where, 'these attributes give a shape that no tensor has', { shape: result.shape, ...received(args) });
  }
}

function named(where: string, kernelFunc: KernelFunc, args: Args): TensorInfo | TensorInfo[] {
  try {
    return kernelFunc(args);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    const values = Object.entries(received(args)).map(([name, value]) => `${name}=${show(value)}`);
    const message = `${where}: it cannot be computed (${error.message}); received ${values.join(', ')}`;
    throw new Error(message, { cause: error });
  }
}

function received({ inputs, attrs }: Args): Attrs {
  const shapes = Object.entries(inputs as Readonly<Record<string, TensorInfo | undefined>>).flatMap(([name, info]) =>
    info?.shape ? [[`${name}.shape`, info.shape] as const] : [],
  );
  return { ...Object.fromEntries(shapes), ...attrs };
}

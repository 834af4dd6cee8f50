// Checks attributes that say how large a result is, before any engine sees them. TensorFlow.js's functions let many of
// them pass, and its kernels then make a negative or broken shape of them, allocate NaN bytes or do not end.

import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import type { NamedKernel } from '../tfjs/registry.js';

type Kernel = NamedKernel | KernelConfig;
type Attrs = Readonly<Record<string, unknown>>;

/** Throws for attributes that no result belongs to. @param shape Of the operand, the first if there are several. */
type Rule = (where: string, shape: readonly number[], attrs: Attrs) => void;

/** Whether a number, and each one in an array of arrays, is whole and at least `least`. */
function areWhole(value: unknown, least: number): boolean {
  if (Array.isArray(value)) return value.every((one) => areWhole(one, least));
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

const rules: Readonly<Record<string, Rule>> = {
  BatchToSpaceND: both(whole('blockShape', 1), whole('crops', 0), cropped),
  DepthToSpace: both(whole('blockSize', 1), inBlocks),
  MirrorPad: both(whole('paddings'), padded),
  PadV2: both(whole('paddings'), padded),
  ResizeBilinear: whole('size', 0),
  ResizeNearestNeighbor: whole('size', 0),
  Slice: both(whole('begin'), whole('size', -1)),
  SpaceToBatchND: both(whole('blockShape', 1), whole('paddings', 0)),
  Tile: whole('reps', 0),
};

/** Replaces kernels of a list by kernels that check such attributes first. */
export function withCheckedSizes(kernels: readonly Kernel[]): Kernel[] {
  return kernels.map((kernel) => {
    const rule = rules[kernel.kernelName];
    return rule ? { ...kernel, kernelFunc: checked(kernel.kernelName, rule, kernel.kernelFunc) } : kernel;
  });
}

function checked(where: string, rule: Rule, kernelFunc: KernelFunc): KernelFunc {
  return (args) => {
    const [operand] = Object.values(args.inputs) as (TensorInfo | undefined)[];
    rule(where, operand?.shape ?? [], args.attrs as unknown as Attrs);
    return kernelFunc(args);
  };
}

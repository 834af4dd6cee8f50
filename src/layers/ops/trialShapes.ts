// What the kernels of a trial give, by the shapes of what they get: the rules of trialKernels.ts for kernels that move
// values.

import { backend_util, type DataType, type NamedAttrMap, slice_util, type Tensor, util } from '@tensorflow/tfjs-core';

export type Inputs = Readonly<Record<string, Tensor>>;
export type Attrs = Readonly<NamedAttrMap>;
/** The shape and dtype of each output. */
export type Result = readonly [shape: readonly number[], dtype: DataType];
/** Throws as the kernel does, for inputs that it does not take. */
export type Rule = (inputs: Inputs, attrs: Attrs) => Result;

export const numbers = (values: unknown): readonly number[] => [values as number | number[]].flat();

const tensorsOf = (inputs: Inputs): Tensor[] => Object.values(inputs);

function axisOf(axis: unknown, { shape }: Tensor): number {
  return util.parseAxisParam(Number(axis ?? 0), shape)[0];
}

export const concatenated: Rule = (inputs, { axis }) => {
  const parts = tensorsOf(inputs);
  const at = axisOf(axis, parts[0]);
  const shapes = parts.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, at);
  return [backend_util.computeOutShape(shapes, at), parts[0].dtype];
};

export const packed: Rule = (inputs, { axis }) => {
  const [first, ...others] = tensorsOf(inputs);
  for (const { shape } of others) util.assertShapesMatch(first.shape, shape, 'All tensors passed to stack must match');
  const at = util.parseAxisParam(Number(axis ?? 0), [...first.shape, 1])[0];
  return [[...first.shape.slice(0, at), others.length + 1, ...first.shape.slice(at)], first.dtype];
};

export const sliced: Rule = ({ x }, { begin, size }) => {
  const [start, sizes] = slice_util.parseSliceParams(x, begin as number[], size as number[]);
  slice_util.assertParamsValid(x, start, sizes);
  return [sizes, x.dtype];
};

export const stridedSlice: Rule = ({ x }, attrs) => {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs as {
    [name: string]: number;
  };
  const lists = [begin, end, strides].map((list) => [...numbers(list)]);
  const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
  return [slice_util.sliceInfo(x.shape, lists[0], lists[1], lists[2], ...masks).finalShape, x.dtype];
};

/** The shapes of the parts of SplitV. */
export function splitShapes({ x }: Inputs, { numOrSizeSplits, axis }: Attrs): readonly (readonly number[])[] {
  const at = axisOf(axis, x);
  const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits as number | number[], at);
  return sizes.map((size) => x.shape.map((whole, i) => (i === at ? size : whole)));
}

/** The shapes of the parts of Unpack. */
export function unpackedShapes({ value }: Inputs, { axis }: Attrs): readonly (readonly number[])[] {
  const at = axisOf(axis, value);
  const shape = value.shape.filter((_, i) => i !== at);
  return Array.from({ length: value.shape[at] }, () => shape);
}

/** The index of the largest or smallest value along an axis. */
export const indexOfExtreme: Rule = ({ x }, { axis }) => {
  const at = axisOf(axis, x);
  return [x.shape.filter((_, i) => i !== at), 'int32'];
};

export const selected: Rule = ({ condition, t, e }) => {
  const shape = backend_util.assertAndGetBroadcastShape(t.shape, e.shape);
  return [backend_util.assertAndGetBroadcastShape(condition.shape, shape), t.dtype];
};

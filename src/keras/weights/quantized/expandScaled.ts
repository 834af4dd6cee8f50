// int8 and int4: value / scale with a scale for each output, or (value - zero) * scale in blocks of inputs.

import { type StoredValue, sameShape, sizeOf, storedFloats } from '../storedValue.js';
import type { Expansion } from './expansion.js';
import { groupsOf } from './groups.js';
import { packedShape, signedBits, unpackAlong } from './int4.js';

/** Null if the values do not fit the layer. */
export function expandScaled(expansion: Expansion, stored: StoredValue): StoredValue | null {
  const { weight, values } = expansion;
  const scale = values.get(`${weight.name}_scale`);
  if (!scale) return null;
  const zero = values.get(`${weight.name}_zero`);
  if (zero) return expandBlocks(expansion, { stored, scale, zero });
  return isFlattened(expansion, stored, scale)
    ? expandFlattened(expansion, stored, scale)
    : expandByOutput(expansion, stored, scale);
}

/** Keras 3.14 and newer give a matrix and one scale for each of its columns; older ones keep the shape of the weight. */
function isFlattened({ weight }: Expansion, stored: StoredValue, scale: StoredValue): boolean {
  const [rows, columns] = matrixOf(weight.shape, weight.scaleAxes);
  return weight.isFlattened && scale.shape.length === 1 && sameShape(packedShape([rows, columns], 1), stored.shape);
}

/** The axes without a scale as one, then all others as one. */
function matrixOf(shape: readonly number[], scaleAxes: readonly number[]): [rows: number, columns: number] {
  const columns = sizeOf(scaleAxes.map((axis) => shape[axis]));
  return [sizeOf(shape.filter((_, axis) => !scaleAxes.includes(axis))), columns];
}

function expandFlattened({ weight }: Expansion, stored: StoredValue, scale: StoredValue): StoredValue | null {
  const [rows, columns] = matrixOf(weight.shape, weight.scaleAxes);
  if (!sameShape([columns], scale.shape)) return null;
  return storedFloats(stored.path, weight.shape, () => {
    const integers = unpackAlong(stored.numbers(), [rows, columns], 1, signedBits);
    const scales = scale.numbers();
    return Float32Array.from(integers, (value, i) => value / scales[i % columns]);
  });
}

function expandByOutput(expansion: Expansion, stored: StoredValue, scale: StoredValue): StoredValue | null {
  const { shape, scaleAxes } = expansion.weight;
  const packAxis = packAxisOf(expansion, stored);
  const scaleSizes = scaleAxes.map((axis) => shape[axis]);
  if (packAxis === undefined || sizeOf(scaleSizes) !== sizeOf(scale.shape)) return null;
  return storedFloats(stored.path, shape, () => {
    const integers = packAxis === null ? stored.numbers() : unpackAlong(stored.numbers(), shape, packAxis, signedBits);
    const scales = scale.numbers();
    const at = scaleIndex(shape, scaleAxes);
    return Float32Array.from(integers, (value, i) => value / scales[at(i)]);
  });
}

/** The axis along which values are packed; null for int8; undefined for another shape. */
function packAxisOf({ weight, quantization }: Expansion, stored: StoredValue): number | null | undefined {
  const axis = weight.packAxes.find((each) => sameShape(packedShape(weight.shape, each), stored.shape));
  if (!sameShape([...weight.shape], stored.shape)) return axis;
  // Packing changes no shape where the axis has the size 1. Then the upper half of each byte is empty.
  if (axis === undefined) return null;
  if (quantization !== null) return quantization.startsWith('int4') ? axis : null;
  return Array.from(stored.numbers()).every((byte) => byte >= 0 && byte < 16) ? axis : null;
}

/** Gives the index of an element's scale among the scales, which have the axes of `scaleAxes` in that order. */
function scaleIndex(shape: readonly number[], scaleAxes: readonly number[]): (index: number) => number {
  const strides = scaleAxes.map((_, i) => sizeOf(scaleAxes.slice(i + 1).map((axis) => shape[axis])));
  const inner = scaleAxes.map((axis) => sizeOf(shape.slice(axis + 1)));
  return (index) =>
    scaleAxes.reduce((sum, axis, i) => sum + (Math.floor(index / inner[i]) % shape[axis]) * strides[i], 0);
}

/** int4 in blocks. The scales of an embedding are [rows, groups of columns], those of a kernel [groups of rows, columns]. */
function expandBlocks(
  { weight, values }: Expansion,
  { stored, scale, zero }: { stored: StoredValue; scale: StoredValue; zero: StoredValue },
): StoredValue | null {
  const { shape, scaleAxes, isFlattened: flattened } = weight;
  const groups = values.get('g_idx');
  const [rows, columns] = flattened ? matrixOf(shape, scaleAxes) : shape;
  const groupAxis = scaleAxes[0] === 0 && !flattened ? 1 : 0;
  const packAxis = flattened ? 1 : weight.packAxes[0];
  const groupCount = scale.shape[groupAxis] ?? 0;
  const fits =
    groups &&
    sameShape([groupAxis === 0 ? rows : columns], groups.shape) &&
    sameShape(groupAxis === 0 ? [groupCount, columns] : [rows, groupCount], scale.shape) &&
    sameShape([...scale.shape], zero.shape) &&
    sameShape(packedShape([rows, columns], packAxis), stored.shape);
  if (!fits) return null;
  return storedFloats(stored.path, shape, () => {
    const integers = unpackAlong(stored.numbers(), [rows, columns], packAxis, signedBits);
    const [scales, zeros, groupOf] = [scale.numbers(), zero.numbers(), groupsOf(groups, groupCount)];
    return Float32Array.from(integers, (value, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const at = groupAxis === 0 ? groupOf[row] * columns + column : row * groupCount + groupOf[column];
      return (value - zeros[at]) * scales[at];
    });
  });
}

// Two sums for each channel, of values of [..., channels]: what batch normalization in training needs of x, and its
// gradient of x and dy.
//
//   moments   sum (x - pivot),  sum (x - pivot)^2
//   grads     sum dy,           sum dy * (x - mean)
//
// An item sums up to 256 values of each column, and the items' sums are summed in pairs (reduce.ts).

import type { Device } from '../device.js';
import { fillChannelTable } from '../elementwise/perChannel.js';
import { constant, costs, eachRest, walk } from '../elementwise/vector.js';
import { type Fn, load, minI32, type Program, program, splat, type V128 } from '../emit/index.js';
import { withScratch } from '../scratch.js';
import { mean } from './mean.js';
import { reduce } from './reduce.js';

const args = {
  x: 'i32',
  dy: 'i32',
  /** [parameters, row] */
  table: 'i32',
  /** [items, 2, row] */
  sums: 'i32',
  /** Values of a row, and rows in all and of an item. */
  row: 'i32',
  rows: 'i32',
  rowsPerItem: 'i32',
} as const;

export type ChannelSumsProgram = Program<typeof args>;

/** What four values of x and dy add to the first sum, and what that is multiplied by for the second one. */
type Terms = (x: V128, dy: V128, parameters: readonly V128[]) => readonly [value: V128, factor: V128];

interface Form {
  readonly parameters: number;
  readonly hasDy: boolean;
  /** Vectors side by side: their sums and parameters stay in registers, of which there are 16. */
  readonly unroll: number;
  /** Called in front of the loop, where it may set constants. */
  readonly make: (fn: Fn) => Terms;
}

const forms = {
  moments: {
    parameters: 1,
    hasDy: false,
    unroll: 4,
    make:
      (fn) =>
      (x, _, [pivot]) => {
        const above = fn.v128('above', x.sub(pivot));
        return [above, above];
      },
  },
  grads: {
    parameters: 1,
    hasDy: true,
    unroll: 4,
    make:
      (fn) =>
      (x, dy, [mean]) => [fn.v128('slope', dy), x.sub(mean)],
  },
  /** dy counts where the normalized x is above 0. */
  reluGrads: {
    parameters: 3,
    hasDy: true,
    unroll: 2,
    make: (fn) => {
      const zero = constant(fn, 0);
      return (x, dy, [mean, scale, offset]) => {
        const above = fn.v128('above', x.sub(mean));
        const isOn = fn.madd(above, scale, offset).gt(zero);
        return [fn.v128('slope', dy.and(isOn)), above];
      };
    },
  },
} as const satisfies Record<string, Form>;

export type ChannelSumsName = keyof typeof forms;

function makeProgram(name: string, { parameters, hasDy, unroll, make }: Form): ChannelSumsProgram {
  return program(name, args, (fn, a, { from, to }) => {
    const terms = make(fn);
    const bytes = fn.i32('bytes', a.row.shl(2));
    fn.range('item', from, to, 1, (item) => {
      const first = fn.i32('first', item.mul(a.rowsPerItem));
      const rows = fn.i32('rows', minI32(a.rows.sub(first), a.rowsPerItem));
      const sources = (hasDy ? [a.x, a.dy] : [a.x]).map((base, i) => fn.i32(`p${i}`, base.add(first.mul(bytes))));
      const places = fn.integers('c', parameters, (i) => a.table.add(bytes.mul(i)));
      const left = fn.i32('values', a.sums.add(item.mul(bytes).shl(1)));
      const right = fn.i32('products', left.add(bytes));
      const down = (vectors: number) => {
        const [values, products] = ['value', 'product'].map((sum) => fn.vectors(`${sum}s`, vectors, () => splat(0)));
        const constants = places.map((place, p) => fn.vectors(`k${p}_`, vectors, (i) => load(place, 16 * i)));
        const pointers = sources.map((source, i) => fn.i32(`q${i}`, source));
        fn.times(rows, () => {
          for (let i = 0; i < vectors; i++) {
            const [x, dy] = pointers.map((pointer) => load(pointer, 16 * i));
            const ofChannels = constants.map((vectorsOf) => vectorsOf[i]);
            const [value, factor] = terms(x, dy, ofChannels);
            fn.set(values[i], values[i].add(value));
            fn.set(products[i], fn.madd(value, factor, products[i]));
          }
          for (const pointer of pointers) fn.advance(pointer, bytes);
        });
        return [values, products] as const;
      };
      const steps = [...sources, ...places, left, right].map((pointer) => [pointer, 4] as const);
      walk(
        fn,
        { count: a.row, steps, unroll },
        (vectors) => {
          const [values, products] = down(vectors);
          for (let i = vectors - 1; i >= 0; i--) fn.store(left, values[i], 16 * i);
          for (let i = vectors - 1; i >= 0; i--) fn.store(right, products[i], 16 * i);
        },
        (rest) => {
          const [[value], [product]] = down(1);
          eachRest(fn, rest, (count) => {
            fn.storeLanes(left, value, count);
            fn.storeLanes(right, product, count);
          });
        },
      );
    });
  });
}

export const channelSumsPrograms = Object.fromEntries(
  Object.entries<Form>(forms).map(([name, form]) => [name, makeProgram(`${name}_channels`, form)]),
) as Readonly<Record<ChannelSumsName, ChannelSumsProgram>>;

/** Values of a row that need no more: one round of the inner loop. */
const roundValues = 16;
/** Additions for each sum of an item, at most and, where rows are long, at least. */
const [mostRows, leastRows] = [256, 64];
const itemValues = 4096;

/** The values of a row: the channels, several times where these are few or odd and the values fill whole rows. */
export function sumsRow(channels: number, length: number): number {
  let row = channels;
  while (row % roundValues !== 0 && row < roundValues * channels && length % (2 * row) === 0) row *= 2;
  return row;
}

export interface ChannelSumsOperands {
  /** Addresses of `length` values of [..., channels]. */
  readonly x: number;
  readonly dy?: number;
  readonly length: number;
  readonly channels: number;
  /** Arrays with a value for each channel: the pivot; the mean; or mean, scale and offset. */
  readonly parameters: readonly ArrayLike<number>[];
}

/** The two sums of each channel. `length` is not 0. */
export function channelSums(
  device: Device,
  name: ChannelSumsName,
  { x, dy = x, length, channels, parameters }: ChannelSumsOperands,
): readonly [Float64Array, Float64Array] {
  const row = sumsRow(channels, length);
  const rows = length / row;
  const rowsPerItem = Math.min(mostRows, Math.max(leastRows, Math.floor(itemValues / row)));
  const items = Math.ceil(rows / rowsPerItem);
  return withScratch(device, 4 * row * parameters.length, (table) =>
    withScratch(device, 8 * row * items, (sums) =>
      withScratch(device, 8 * row, (total) => {
        fillChannelTable(device.floats(table, row * parameters.length), parameters);
        const work = { items, cost: length * costs.light };
        device.launch(channelSumsPrograms[name], { x, dy, table, sums, row, rows, rowsPerItem }, work);
        if (items > 1) reduce(device, 'sum', { x: sums, y: total, outer: 1, reduce: items, inner: 2 * row });
        const found = device.floats(items > 1 ? total : sums, 2 * row);
        return [folded(found.subarray(0, row), channels), folded(found.subarray(row), channels)] as const;
      }),
    ),
  );
}

/** Adds the columns of one channel. */
function folded(columns: Float32Array, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  for (let c = 0, j = 0; j < columns.length; j++) {
    sums[c] += columns[j];
    if (++c === channels) c = 0;
  }
  return sums;
}

export interface ChannelMoments {
  readonly mean: Float64Array;
  /** Divided by the number of values. */
  readonly variance: Float64Array;
}

/** Rows in the part of them whose mean is the pivot: one of so many, but all of few. */
const pivotPart = 8;
const fewRows = 64;

/**
 * Mean and variance of each channel, in one pass and a quarter.
 *
 * The pivot is the mean of an eighth of the values. That lies at most sqrt(7) standard deviations from the mean of all
 * (with a share f of the values, sqrt((1 - f) / f)), so that the sums of what is above it lose few digits, however far from
 * 0 the values lie. The variance of equal values is 0.
 */
export function channelMoments(
  device: Device,
  { x, length, channels }: Pick<ChannelSumsOperands, 'x' | 'length' | 'channels'>,
): ChannelMoments {
  const pivot = pivots(device, x, length, channels);
  const [sums, squares] = channelSums(device, 'moments', { x, length, channels, parameters: [pivot] });
  const count = length / channels;
  const [means, variance] = [new Float64Array(channels), new Float64Array(channels)];
  for (let c = 0; c < channels; c++) {
    const above = sums[c] / count;
    const spread = squares[c] / count - above * above;
    means[c] = Number.isFinite(pivot[c]) ? pivot[c] + above : pivot[c];
    variance[c] = spread < 0 ? 0 : spread; // NaN stays
  }
  return { mean: means, variance };
}

/** Rounded means of the first values of each channel. Those of equal values are that value. */
function pivots(device: Device, x: number, length: number, channels: number): Float32Array {
  const row = sumsRow(channels, length);
  const rows = length / row;
  const some = rows <= fewRows ? rows : Math.ceil(rows / pivotPart);
  return withScratch(device, 4 * row, (y) => {
    mean(device, { x, y, outer: 1, reduce: some, inner: row });
    const times = row / channels;
    return Float32Array.from(folded(device.floats(y, row), channels), (sum) => sum / times);
  });
}

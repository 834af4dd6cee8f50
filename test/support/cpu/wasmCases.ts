// More cases for the WebAssembly kernels: sizes below, at and above each of their tiles and blocks.

import type { ConvCase } from '../convCase.js';

type Numbers = readonly number[];

interface Row {
  /** [inH, inW, inC] */
  readonly x: Numbers;
  readonly k: number;
  readonly outC: number;
  readonly groups?: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly pad?: 'same' | 'valid';
  readonly batch?: number;
}

const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

// A tile has 4 or 6 rows and 4, 8 or 16 columns. Tables have a multiple of 24 rows.
const pixels: Row[] = from(1, 27).map((width) => ({ x: [1, width, 5], k: 1, outC: 6 }));
const channelsOut: Row[] = from(1, 17).map((outC) => ({ x: [2, 4, 3], k: 2, outC }));
const blocks: Row[] = [
  { x: [3, 50, 700], k: 1, outC: 9 }, // several blocks of rows
  { x: [9, 9, 33], k: 3, outC: 40 },
];

// Blocks of outputs that neither, either or both borders cut, and last blocks of every width. Eight channels are a pair
// of vectors; the numbers of channels besides have single ones, or some that are left.
const depthwise: Row[] = [3, 5, 7].flatMap((k) =>
  [1, 2].flatMap((stride) => [
    ...from(1, 19).map((width): Row => ({ x: [4, width, 8], k, stride, outC: 8, groups: 8 })),
    ...from(1, 19).map((width): Row => ({ x: [4, width, 4], k, stride, outC: 4, groups: 4 })),
    ...from(k, 14).map((width): Row => ({ x: [k, width, 8], k, stride, outC: 8, groups: 8, pad: 'valid' })),
    ...[2, 3, 5, 6, 7, 9, 16, 17, 20].map((c): Row => ({ x: [3, 9, c], k, stride, outC: c, groups: c })),
  ]),
);
// Pixels 2 or 4 KiB apart, for which blocks have fewer columns.
const collidingPixels: Row[] = [3, 5, 7].flatMap((k) => [
  ...from(1, 9).map((width): Row => ({ x: [3, width, 512], k, stride: 2, outC: 512, groups: 512 })),
  ...from(1, 5).map((width): Row => ({ x: [2, width, 1024], k, stride: 1, outC: 1024, groups: 1024 })),
]);
const depthwiseTaps: Row[] = [2, 3, 4, 7, 15, 16, 17, 31, 32, 35].map(
  (c): Row => ({ x: [5, 6, c], k: 2, outC: c, groups: c, dilation: 2, stride: 1 }),
);
const multiplied: Row[] = [2, 3, 5].map((m): Row => ({ x: [4, 33, 3], k: 3, outC: 3 * m, groups: 3 }));

// Winograd's tiles are 4x4 or 2x2 outputs for 3x3 filters, 2x2 for 5x5.
const tiles: Row[] = from(1, 9).flatMap((size) => [
  { x: [size, 10 - size, 8], k: 3, outC: 9 },
  { x: [size + 2, 13 - size, 5], k: 3, outC: 4, pad: 'valid' as const },
]);
const largeTiles: Row[] = from(1, 7).flatMap((size) => [
  { x: [size, 8 - size, 7], k: 5, outC: 6 },
  { x: [size + 4, 12 - size, 4], k: 5, outC: 5, pad: 'valid' as const },
]);
const manyTiles: Row[] = [
  { x: [21, 18, 8], k: 5, outC: 9 },
  { x: [14, 15, 20], k: 3, outC: 3 },
  { x: [33, 37, 8], k: 3, outC: 12 },
  { x: [6, 5, 64], k: 3, outC: 63 },
  { x: [9, 9, 16], k: 3, outC: 17, batch: 3 },
];

const few: Row[] = [1, 2, 3, 4].flatMap((batch) => [
  ...from(1, 36).map((outC): Row => ({ x: [1, 1, 5], k: 1, outC, batch })),
  { x: [1, 1, 37], k: 1, outC: 70, batch },
  { x: [3, 3, 5], k: 3, outC: 33, pad: 'valid' as const, batch },
  { x: [3, 1, 8], k: 1, outC: 31, batch: 1 },
]);

// Filter gradients: pixels are taken in blocks, channels in chunks of 32.
const manyPixels: Row[] = [
  { x: [30, 31, 7], k: 3, outC: 11, stride: 1 },
  { x: [30, 31, 7], k: 3, outC: 16, stride: 1 },
  { x: [20, 21, 40], k: 1, outC: 5 },
  { x: [11, 12, 66], k: 1, outC: 20, groups: 2 },
];

const rows: readonly Row[] = [
  ...pixels,
  ...channelsOut,
  ...blocks,
  ...depthwise,
  ...collidingPixels,
  ...depthwiseTaps,
  ...multiplied,
  ...tiles,
  ...largeTiles,
  ...manyTiles,
  ...few,
  ...manyPixels,
];

export const wasmCases: readonly ConvCase[] = rows.map(
  ({ x, k, outC, groups = 1, stride = 1, dilation = 1, pad = 'same', batch = 1 }) => ({
    name: `${batch}x${x.join('x')} k${k} out${outC} groups${groups} s${stride} d${dilation} ${pad}`,
    batch,
    inH: x[0],
    inW: x[1],
    inC: x[2],
    kH: k,
    kW: k,
    outC,
    groups,
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pad,
    dataFormat: 'NHWC',
  }),
);

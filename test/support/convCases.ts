// The table of convolution problems that correctness, gradients and every kernel are tested on. A group is a small
// list of rows about one thing; every row runs in both data formats. Each case is at most 200 000 multiply-adds.

import type { CasePad, ConvCase } from './convCase.js';
import { convGoldens } from './goldens.js';

type Pair = readonly [number, number];

/** What a row does not say: batch 1, 5x6x3 input, 3x3 filter, 4 filters, 1 group, strides and dilations 1, 'same'. */
interface Row {
  /** [inH, inW, inC] */
  readonly x?: readonly [number, number, number];
  /** [kH, kW] */
  readonly k?: Pair;
  readonly outC?: number;
  readonly groups?: number;
  readonly strides?: Pair;
  readonly dilations?: Pair;
  readonly pad?: CasePad;
  readonly rounding?: 'floor' | 'round' | 'ceil';
  readonly batch?: number;
  /** Said in the name where the numbers alone do not tell. */
  readonly why?: string;
}

const formats = ['NHWC', 'NCHW'] as const;
const words = ['same', 'valid'] as const;

function expand(group: string, rows: readonly Row[]): ConvCase[] {
  return rows.flatMap((row) => formats.map((dataFormat) => toCase(group, row, dataFormat)));
}

function toCase(group: string, row: Row, dataFormat: ConvCase['dataFormat']): ConvCase {
  const { x = [5, 6, 3], k = [3, 3], outC = 4, groups = 1, strides = [1, 1], dilations = [1, 1] } = row;
  const { pad = 'same', batch = 1, rounding } = row;
  const padText = typeof pad === 'object' ? `${pad.top},${pad.bottom},${pad.left},${pad.right}` : `${pad}`;
  const parts = [
    `${group}:`,
    ...(row.why ? [`${row.why},`] : []),
    `${batch}x${x.join('x')} k${k.join('x')} out${outC}`,
    ...(groups > 1 ? [`groups${groups}`] : []),
    ...(strides.join() === '1,1' ? [] : [`s${strides.join('x')}`]),
    ...(dilations.join() === '1,1' ? [] : [`d${dilations.join('x')}`]),
    `pad ${padText}`,
    ...(rounding ? [rounding] : []),
    dataFormat,
  ];
  return {
    name: parts.join(' '),
    batch,
    inH: x[0],
    inW: x[1],
    inC: x[2],
    kH: k[0],
    kW: k[1],
    outC,
    groups,
    strides,
    dilations,
    pad,
    dataFormat,
    ...(rounding ? { dimRoundingMode: rounding } : {}),
  };
}

// Every remainder of 4 (a texel, a vector) on both sides, below, at and above a tile of 4 and of 8.
// biome-ignore format: a table
const channelPairs: readonly Pair[] = [
  [1, 1], [1, 2], [1, 4], [1, 13], [1, 32], [2, 2], [2, 3], [2, 8], [2, 13], [3, 1], [3, 2], [3, 5], [3, 13], [3, 32],
  [4, 1], [4, 4], [4, 8], [5, 2], [5, 3], [5, 5], [8, 3], [8, 5], [8, 8], [13, 1], [13, 4], [13, 13], [32, 2], [32, 3],
  [32, 13], [32, 32],
];
const channels = channelPairs.map(([inC, outC]): Row => ({ x: [3, 4, inC], k: [3, 2], outC }));

const pointwise = channelPairs
  .filter(([inC, outC]) => inC >= 3 && outC >= 3)
  .map(([inC, outC]): Row => ({ x: [4, 5, inC], k: [1, 1], outC }));

// biome-ignore format: a table
const filterSizes: readonly Pair[] = [
  [1, 1], [1, 2], [1, 3], [1, 5], [2, 1], [3, 1], [5, 1], [2, 2], [2, 3], [4, 3], [4, 4], [5, 5], [3, 7], [7, 7],
];
const filters = filterSizes.flatMap((k) => words.map((pad): Row => ({ x: [8, 9, 3], k, pad, outC: 5 })));

const images: readonly Row[] = [
  { x: [1, 1, 5], k: [1, 1] },
  { x: [1, 1, 5], k: [3, 3] },
  { x: [1, 17, 4] },
  { x: [17, 1, 4] },
  { x: [7, 13, 4] },
  { x: [16, 16, 3] },
  { x: [17, 15, 3], strides: [2, 2] },
  { x: [31, 5, 2] },
];

const filterBeyondInput: readonly Row[] = [
  { x: [2, 3, 3], k: [5, 5] },
  { x: [1, 2, 4], k: [4, 7] },
  { x: [3, 3, 2], k: [7, 7], strides: [2, 2] },
  { x: [2, 2, 3], k: [3, 3], dilations: [3, 2] },
  { x: [2, 3, 3], k: [4, 4], pad: 2 },
  { x: [2, 3, 4], k: [5, 6], pad: { top: 3, bottom: 0, left: 1, right: 4 } },
];

// biome-ignore format: a table
const stridePairs: readonly Pair[] = [
  [2, 2], [1, 2], [2, 1], [3, 2], [1, 3], [3, 3], [4, 3],
];
const strided: readonly Row[] = [
  ...stridePairs.flatMap((strides) => words.map((pad): Row => ({ x: [9, 8, 3], strides, pad }))),
  { x: [9, 8, 4], k: [1, 1], strides: [2, 3], why: 'stride skips pixels' },
  { x: [9, 7, 4], k: [2, 2], strides: [3, 4], pad: 'valid', why: 'stride skips pixels' },
  { x: [3, 2, 4], strides: [5, 4], why: 'stride beyond input' },
];

// biome-ignore format: a table
const dilationPairs: readonly Pair[] = [
  [2, 2], [1, 2], [2, 1], [3, 2], [1, 4],
];
const dilated = dilationPairs.flatMap((dilations) => words.map((pad): Row => ({ x: [8, 10, 3], dilations, pad })));

const stridedAndDilated: readonly Row[] = [
  { x: [9, 8, 3], strides: [2, 2], dilations: [2, 2] },
  { x: [9, 8, 3], strides: [2, 3], dilations: [3, 2] },
  { x: [9, 8, 5], strides: [2, 1], dilations: [1, 2] },
  { x: [10, 9, 4], strides: [2, 3], dilations: [2, 3], pad: 'valid' },
  { x: [7, 9, 4], strides: [3, 2], dilations: [2, 2], pad: 2 },
  { x: [7, 8, 4], strides: [2, 2], dilations: [3, 2], pad: { top: 2, bottom: 0, left: 1, right: 3 } },
  { x: [9, 9, 6], strides: [2, 2], dilations: [2, 2], groups: 3, outC: 6 },
  { x: [9, 8, 5], strides: [3, 2], dilations: [2, 3], groups: 5, outC: 10 },
];

const padded: readonly Row[] = [
  { pad: 0 },
  { pad: 1 },
  { pad: 2, strides: [2, 1] },
  { pad: 3, k: [5, 4] },
  { pad: 4, k: [2, 2], why: 'pad beyond filter' },
  { pad: { top: 1, bottom: 0, left: 0, right: 0 } },
  { pad: { top: 0, bottom: 2, left: 0, right: 0 } },
  { pad: { top: 0, bottom: 0, left: 2, right: 0 } },
  { pad: { top: 0, bottom: 0, left: 0, right: 1 } },
  { pad: { top: 1, bottom: 2, left: 3, right: 0 }, strides: [2, 2] },
  { pad: { top: 0, bottom: 5, left: 4, right: 1 }, k: [2, 3], why: 'pad beyond filter' },
  { pad: { top: 2, bottom: 2, left: 2, right: 2 }, k: [1, 1], why: 'pad beyond filter' },
];

// The last step of the window is left with a half, a third and two thirds of a stride, so that every two modes differ
// in some row; 'round' up and 'ceil' read beyond the padding, where there are only zeros.
const roundings = (['floor', 'round', 'ceil'] as const).flatMap((rounding): Row[] => [
  { x: [4, 6, 3], strides: [2, 2], pad: 0, rounding },
  { x: [5, 7, 3], strides: [3, 3], pad: 1, rounding },
  { x: [5, 6, 4], strides: [3, 2], pad: { top: 0, bottom: 1, left: 2, right: 0 }, rounding },
  { x: [6, 6, 4], strides: [2, 3], pad: 1, groups: 2, rounding },
]);
const truncated: readonly Row[] = [
  { x: [4, 6, 3], strides: [2, 2], pad: 0 },
  { x: [5, 6, 4], strides: [3, 2], pad: { top: 0, bottom: 1, left: 2, right: 0 } },
];

/** [groups, in per group, out per group] */
// biome-ignore format: a table
const groupings: readonly (readonly [number, number, number])[] = [
  [2, 1, 1], [3, 1, 2], [4, 1, 4], [2, 1, 6], [2, 2, 2], [3, 2, 1], [5, 2, 3], [4, 2, 4], [2, 3, 3], [3, 3, 1],
  [4, 3, 2], [2, 3, 4], [2, 4, 4], [8, 4, 4], [3, 4, 1], [4, 4, 3], [2, 4, 6], [2, 6, 6], [3, 6, 1], [2, 6, 4],
  [13, 1, 2], [2, 16, 16],
];
const grouped = groupings.map(
  ([groups, inPer, outPer]): Row => ({ x: [4, 5, groups * inPer], outC: groups * outPer, groups }),
);
const everyDivisor = [1, 2, 3, 4, 6, 12].map((groups): Row => ({ x: [4, 3, 12], outC: 12, groups, k: [3, 2] }));
const groupedMore: readonly Row[] = [
  { x: [5, 5, 6], outC: 9, groups: 3, k: [1, 1] },
  { x: [7, 6, 8], outC: 12, groups: 4, strides: [2, 1], pad: 'valid' },
  { x: [7, 6, 6], outC: 4, groups: 2, dilations: [1, 2], pad: 'valid' },
  { x: [5, 4, 9], outC: 6, groups: 3, k: [5, 5] },
  { x: [5, 6, 4], outC: 6, groups: 2, pad: { top: 0, bottom: 1, left: 2, right: 0 } },
  { x: [4, 5, 6], outC: 6, groups: 3, batch: 3 },
];

const depthwise = [1, 2, 3, 4, 5, 8, 13, 32].flatMap((inC) =>
  (inC > 1 && inC < 32 ? [1, 2, 3] : [2]).map(
    (multiplier): Row => ({
      x: [5, 4, inC],
      outC: inC * multiplier,
      groups: inC,
    }),
  ),
);
const depthwiseMore: readonly Row[] = [
  { x: [7, 6, 32], outC: 32, groups: 32, k: [5, 5] },
  { x: [7, 7, 6], outC: 6, groups: 6, k: [7, 7] },
  { x: [8, 7, 5], outC: 5, groups: 5, strides: [2, 2] },
  { x: [8, 7, 4], outC: 8, groups: 4, strides: [2, 1], pad: 'valid' },
  { x: [8, 9, 3], outC: 9, groups: 3, dilations: [2, 3], pad: 'valid' },
  { x: [6, 15, 4], outC: 4, groups: 4, k: [2, 6], dilations: [1, 2], why: 'taps in two groups' },
  { x: [5, 17, 5], outC: 10, groups: 5, k: [1, 9], dilations: [1, 2], pad: 'valid', why: 'taps in three groups' },
  { x: [6, 5, 8], outC: 8, groups: 8, pad: 2, batch: 3 },
];

const batches: readonly Row[] = [
  { batch: 0 },
  { batch: 0, x: [5, 6, 4], groups: 2, strides: [2, 2] },
  { batch: 3 },
  { batch: 3, x: [5, 7, 5], outC: 8, strides: [2, 1], pad: 'valid' },
  { batch: 3, x: [1, 1, 13], k: [1, 1] },
  { batch: 2, x: [4, 4, 8], outC: 3, pad: { top: 1, bottom: 0, left: 0, right: 2 } },
];

// Strides do not exclude an output as large as the input: padding below, or rounding up, makes room for more pixels.
const stridedToTheSameSize: readonly Row[] = [
  { x: [2, 1, 1], k: [1, 1], outC: 1, strides: [2, 1], pad: 0, rounding: 'ceil' },
  { x: [2, 1, 3], k: [1, 1], outC: 5, strides: [2, 1], pad: { top: 0, bottom: 2, left: 0, right: 0 } },
  { x: [1, 3, 4], k: [1, 1], outC: 4, strides: [1, 2], pad: { top: 0, bottom: 0, left: 0, right: 2 } },
  { x: [4, 4, 8], k: [1, 1], strides: [2, 2], pad: { top: 0, bottom: 4, left: 0, right: 4 }, batch: 2 },
  { x: [3, 3, 5], k: [3, 3], strides: [2, 2], pad: { top: 1, bottom: 4, left: 1, right: 4 } },
  { x: [3, 3, 4], outC: 4, groups: 4, strides: [2, 2], pad: { top: 1, bottom: 4, left: 1, right: 4 } },
  { x: [2, 2, 6], k: [2, 2], strides: [2, 2], pad: { top: 2, bottom: 0, left: 1, right: 1 } },
  { x: [3, 3, 2], k: [2, 2], strides: [2, 2], pad: { top: 0, bottom: 9, left: 0, right: 7 }, why: 'a larger output' },
];

const empty: readonly Row[] = [
  { x: [0, 6, 3], why: 'no rows in or out' },
  { x: [0, 6, 3], pad: 2, why: 'no rows in, two out' },
  { x: [5, 0, 4], pad: { top: 0, bottom: 0, left: 3, right: 1 }, groups: 2, why: 'no columns in, two out' },
  { x: [5, 6, 0], why: 'no channels in' },
  { outC: 0, why: 'no channels out' },
  { x: [5, 6, 4], outC: 0, groups: 2, why: 'no channels out' },
];

// The goldens keep their own name in their own format and run in the other one by shape.
const goldenCases = convGoldens.flatMap(({ conv }): ConvCase[] => {
  const dataFormat = conv.dataFormat === 'NHWC' ? 'NCHW' : 'NHWC';
  return [conv, { ...conv, name: `${conv.name} as ${dataFormat}`, dataFormat }];
});

export const convCases: readonly ConvCase[] = [
  ...goldenCases,
  ...expand('channels', channels),
  ...expand('pointwise', pointwise),
  ...expand('filter', filters),
  ...expand('image', images),
  ...expand('filter beyond input', filterBeyondInput),
  ...expand('stride', strided),
  ...expand('dilation', dilated),
  ...expand('stride and dilation', stridedAndDilated),
  ...expand('pad', padded),
  ...expand('rounding', [...roundings, ...truncated]),
  ...expand('groups', [...grouped, ...everyDivisor, ...groupedMore]),
  ...expand('depthwise', [...depthwise, ...depthwiseMore]),
  ...expand('batch', batches),
  ...expand('strided to the same size', stridedToTheSameSize),
  ...expand('empty', empty),
];

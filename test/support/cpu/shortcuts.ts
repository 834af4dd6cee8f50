// The shortcuts of the WebAssembly convolutions: for each condition of a `supports()`, `pays()` or choice of a program,
// cases on both sides of it, with the programs that must run or, after `!`, must not.

import type { CasePad, ConvCase } from '../convCase.js';

export interface Shortcut {
  readonly c: ConvCase;
  /** Beginnings of the names of kernels and programs, or numbers of segments, for the output and the gradients. Default: any. */
  readonly y?: readonly string[];
  readonly dx?: readonly string[];
  readonly dw?: readonly string[];
}

interface Geometry {
  /** [inH, inW, inC] */
  readonly x: readonly [number, number, number];
  readonly k: readonly [number, number];
  readonly outC?: number;
  readonly groups?: number;
  readonly batch?: number;
  readonly s?: readonly [number, number];
  readonly d?: readonly [number, number];
  /** Top, bottom, left, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly pad?: CasePad;
  readonly round?: 'floor' | 'round' | 'ceil';
}

function caseOf({
  x,
  k,
  outC = x[2],
  groups = 1,
  batch = 1,
  s = [1, 1],
  d = [1, 1],
  pads,
  pad,
  round,
}: Geometry): ConvCase {
  const explicit = pads && { top: pads[0], bottom: pads[1], left: pads[2], right: pads[3] };
  const padding = explicit ?? pad ?? 'valid';
  return {
    name: `${batch}x${x.join('x')} k${k} out${outC} groups${groups} s${s} d${d} pad ${JSON.stringify(padding)} ${round ?? ''}`,
    ...{ batch, inH: x[0], inW: x[1], inC: x[2], kH: k[0], kW: k[1], outC, groups, pad: padding, dataFormat: 'NHWC' },
    ...{ strides: s, dilations: d },
    ...(round && { dimRoundingMode: round }),
  };
}

type Programs = Omit<Shortcut, 'c'>;

const each = (programs: Programs, geometries: readonly Geometry[]): Shortcut[] =>
  geometries.map((geometry) => ({ c: caseOf(geometry), ...programs }));

const gemv = { y: ['wasm/fewPixels', 'gemv'] };
const noGemv = { y: ['!gemv'] };

const fewPixels: readonly Shortcut[] = [
  ...each(gemv, [
    { x: [1, 3, 5], k: [1, 1], outC: 7 }, // three pixels at most
    { x: [3, 1, 5], k: [1, 1], outC: 7 },
    { x: [1, 1, 5], k: [1, 1], outC: 33, batch: 3 },
    { x: [1, 2, 5], k: [1, 1], s: [2, 1] }, // a stride along an axis of one output
    { x: [2, 1, 5], k: [1, 1], s: [1, 2] },
    { x: [1, 1, 5], k: [1, 1], s: [3, 3], pads: [0, 1, 0, 2] }, // padding that no output reaches
    { x: [3, 3, 4], k: [3, 3], outC: 6 },
    { x: [3, 3, 4], k: [3, 3], s: [2, 3], batch: 3 },
    { x: [2, 2, 4], k: [2, 2], s: [2, 2], pads: [0, 1, 0, 1] },
    { x: [1, 5, 3], k: [1, 5] },
    { x: [1, 1, 3], k: [1, 1], d: [2, 3] }, // a filter of one tap has no gaps
  ]),
  ...each(noGemv, [
    { x: [1, 4, 5], k: [1, 1], outC: 7 },
    { x: [1, 1, 5], k: [1, 1], batch: 4 },
    { x: [1, 3, 6], k: [1, 1], groups: 2 },
    { x: [1, 3, 5], k: [1, 1], s: [1, 2], pads: [0, 0, 0, 3] }, // as many outputs as inputs, two pixels apart
    { x: [3, 1, 5], k: [1, 1], s: [2, 1], pads: [0, 3, 0, 0] },
    { x: [1, 2, 5], k: [1, 1], s: [1, 2], pads: [0, 0, 0, 0], round: 'ceil' },
    { x: [1, 2, 5], k: [1, 1], s: [1, 2], pads: [0, 0, 0, 0], round: 'round' },
    { x: [2, 1, 5], k: [1, 1], s: [3, 1], pads: [0, 0, 0, 0], round: 'ceil' },
    { x: [1, 2, 5], k: [1, 1], s: [1, 2], pads: [0, 0, 1, 0] }, // padding before
    { x: [1, 1, 5], k: [1, 1], s: [2, 1], pads: [1, 0, 0, 0] },
    { x: [1, 1, 5], k: [1, 1], pads: [0, 0, 1, 0] }, // more outputs than inputs
    { x: [1, 3, 5], k: [1, 1], s: [1, 2] }, // fewer
    { x: [2, 2, 4], k: [2, 2], s: [2, 2], pads: [1, 0, 0, 0] },
    { x: [2, 2, 4], k: [2, 2], s: [2, 2], pads: [0, 0, 1, 0] },
    { x: [2, 2, 4], k: [2, 2], d: [2, 2], pads: [0, 1, 0, 1] }, // a window of the image's size, with gaps
    { x: [2, 2, 4], k: [2, 2], d: [1, 2], pads: [0, 0, 0, 1] },
    { x: [3, 2, 4], k: [2, 2] },
    { x: [3, 3, 4], k: [3, 3], batch: 4 },
  ]),
];

const minimal = { y: ['wasm/winograd', 'winogradInput'], dx: ['wasm/gradInputWinograd', 'winogradInput'] };
const plain = { y: ['!winograd'], dx: ['!winograd'] };
const deep = { k: [3, 3], outC: 32 } as const;

const winograd: readonly Shortcut[] = [
  ...each(minimal, [
    { x: [9, 10, 32], ...deep, pad: 'same' },
    { x: [10, 9, 33], ...deep, outC: 35, pad: 'same' }, // tiles, channels that are not full
    { x: [9, 8, 32], ...deep },
    { x: [9, 8, 32], ...deep, pads: [0, 2, 3, 1] },
    { x: [9, 9, 32], ...deep, pads: [4, 4, 4, 4] }, // more padding than the gradient's filter has
    { x: [9, 9, 32], ...deep, pads: [0, 5, 6, 0], batch: 2 },
    { x: [9, 10, 32], k: [5, 5], outC: 32, pad: 'same' },
    { x: [8, 9, 32], k: [5, 5], outC: 33, pads: [5, 0, 1, 3] },
  ]),
  ...each(plain, [
    { x: [9, 10, 32], ...deep, s: [1, 2], pad: 'same' },
    { x: [9, 10, 32], ...deep, s: [2, 1], pad: 'same' },
    { x: [9, 10, 32], ...deep, d: [2, 1], pad: 'same' },
    { x: [9, 10, 32], ...deep, d: [1, 2], pad: 'same' },
    { x: [9, 10, 64], ...deep, outC: 64, groups: 2, pad: 'same' },
    { x: [9, 10, 32], k: [3, 5], outC: 32, pad: 'same' },
    { x: [9, 10, 32], k: [2, 2], outC: 32, pad: 'same' },
    { x: [4, 12, 32], ...deep, pad: 'same' }, // three tiles
  ]),
];

const rows = (size: number, stride = 1) => ({
  y: ['wasm/depthwise', `depthwise${size}x${size}s${stride}`, '!depthwiseTaps'],
});
const rotated = { ...rows(3), dx: ['depthwise3x3s1', '!depthwiseTaps'], dw: ['depthwiseGradFilter'] };
const taps = { y: ['wasm/depthwise', 'depthwiseTaps'], dx: ['depthwiseTaps'], dw: ['depthwiseGradFilter'] };
const phases = { dx: ['depthwiseTaps', '!depthwise3x3s1'] };
const wide = { x: [6, 13, 7], groups: 7 } as const;

const depthwise: readonly Shortcut[] = [
  ...each(rotated, [
    { ...wide, k: [3, 3], pad: 'same' }, // both borders have blocks of their own
    { ...wide, k: [3, 3], pads: [1, 1, 1, 0] }, // the left one alone
    { ...wide, k: [3, 3], pads: [1, 1, 0, 1] },
    { ...wide, k: [3, 3], pads: [2, 0, 2, 2] }, // borders without blocks
    { ...wide, k: [3, 3], pads: [4, 5, 5, 4] }, // windows outside the image
    { x: [3, 5, 8], k: [3, 3], groups: 8, pad: 'same' }, // as wide as a block
    { x: [3, 4, 8], k: [3, 3], groups: 8, pad: 'same' },
    { x: [3, 1, 2], k: [3, 3], groups: 2, pad: 'same' },
  ]),
  ...each({ ...rows(3, 2), ...phases }, [
    { ...wide, k: [3, 3], s: [2, 2], pad: 'same' },
    { x: [6, 12, 5], groups: 5, k: [3, 3], s: [1, 2], pads: [0, 0, 0, 0], round: 'ceil' }, // reads beyond the padding
    { x: [6, 12, 5], groups: 5, k: [3, 3], s: [1, 2], pads: [1, 1, 1, 1], round: 'ceil' },
    { x: [6, 12, 5], groups: 5, k: [3, 3], s: [1, 2], pads: [1, 1, 1, 2], round: 'round' },
    { ...wide, k: [3, 3], s: [3, 2], pads: [0, 3, 5, 1] },
  ]),
  ...each({ ...rows(3), ...phases }, [{ ...wide, k: [3, 3], s: [3, 1], pad: 'same' }]),
  ...each(rows(5), [{ ...wide, k: [5, 5], pads: [1, 4, 2, 3] }]),
  ...each(rows(7, 2), [{ ...wide, k: [7, 7], s: [2, 2], pads: [3, 0, 3, 4], round: 'ceil' }]),
  ...each(taps, [
    { ...wide, k: [3, 3], s: [1, 3], pad: 'same' },
    { ...wide, k: [3, 5], pad: 'same' },
    { ...wide, k: [2, 2], pads: [0, 3, 2, 0] },
    { x: [9, 9, 3], groups: 3, k: [9, 9], pad: 'same' },
    { ...wide, k: [3, 3], d: [2, 1], pad: 'same' },
    { ...wide, k: [3, 3], d: [1, 2], pad: 'same' },
    { ...wide, k: [1, 1], s: [3, 2], pads: [0, 1, 2, 0], round: 'ceil' }, // phases without a tap
  ]),
  ...each({ y: ['repeatChannels'], dx: ['sumChannels'], dw: ['repeatChannels'] }, [
    { x: [4, 7, 3], groups: 3, outC: 6, k: [3, 3], pads: [2, 0, 1, 3] },
  ]),
  ...each({ y: ['!depthwise'], dx: ['!depthwise'], dw: ['!depthwise'] }, [
    { x: [4, 7, 1], outC: 3, k: [3, 3], pad: 'same' }, // one group
    { x: [4, 7, 4], groups: 2, k: [3, 3], pad: 'same' }, // two channels a group
  ]),
];

const general: readonly Shortcut[] = [
  ...each({ y: ['wasm/conv2d', 'gemm', '!pad'], dw: ['outer', '!pad'] }, [
    { x: [5, 6, 3], k: [2, 3], outC: 6 },
    { x: [4, 4, 3], k: [2, 2], s: [2, 2], pads: [0, 1, 0, 1] }, // padding that no window reads
    { x: [5, 5, 3], k: [1, 1], s: [2, 2], outC: 9 },
  ]),
  ...each({ y: ['wasm/conv2d', 'pad', 'gemm'], dw: ['pad', 'outer'] }, [
    { x: [5, 6, 3], k: [2, 3], pad: 'same' },
    { x: [4, 4, 3], k: [2, 2], s: [2, 2], pads: [0, 1, 0, 1], round: 'ceil' }, // windows beyond the padding
    { x: [4, 5, 3], k: [3, 2], s: [2, 3], pads: [3, 0, 0, 2], round: 'round' },
    { x: [4, 4, 3], k: [1, 1], pads: [1, 2, 3, 0] },
    { x: [3, 3, 3], k: [2, 2], d: [2, 3], s: [2, 1], pads: [4, 1, 0, 5] },
  ]),
  ...each({ dx: ['wasm/gradInput'] }, [
    { x: [7, 8, 3], k: [1, 1], s: [2, 3], outC: 5 }, // phases without a tap write zeros
    { x: [7, 8, 3], k: [2, 2], s: [3, 3], pads: [1, 0, 0, 2], round: 'ceil' },
    { x: [7, 8, 3], k: [3, 3], d: [3, 2], s: [2, 3], pads: [5, 6, 4, 3] },
    { x: [7, 8, 3], k: [3, 3], d: [2, 2], s: [2, 2], pad: 'same' }, // taps of one phase alone
    { x: [2, 2, 3], k: [3, 3], s: [4, 4], pads: [9, 9, 9, 9] }, // most windows outside the image
  ]),
  ...each({ y: ['gemm6x4'], dw: ['outer4x4'] }, [{ x: [5, 6, 3], k: [2, 3], outC: 4 }]),
  ...each({ y: ['!gemm6x4'], dw: ['outer4x8'] }, [{ x: [5, 6, 3], k: [2, 3], outC: 5 }]),
];

/** Lines of a window whose taps are adjacent are one segment, else each tap is one. */
const segments: readonly Shortcut[] = [
  ...each(segmentsOf(3), [
    { x: [6, 9, 5], k: [3, 4], outC: 6, s: [2, 3], pads: [1, 3, 2, 0] },
    { x: [6, 9, 5], k: [3, 4], outC: 6, d: [2, 1], pad: 'same' },
    { x: [6, 9, 5], k: [3, 1], outC: 6, d: [1, 3] }, // one tap a line has no gap
  ]),
  ...each(segmentsOf(12), [
    { x: [6, 9, 5], k: [3, 4], outC: 6, d: [1, 2], pads: [1, 3, 2, 0] },
    { x: [6, 9, 6], k: [3, 4], outC: 6, groups: 2, pads: [0, 1, 4, 4] },
    { x: [6, 9, 6], k: [3, 4], outC: 9, groups: 3, s: [2, 2], pad: 'same' },
  ]),
];

function segmentsOf(count: number): Programs {
  return { y: ['gemm', `segments=${count}`], dw: ['outer', `segments=${count}`] };
}

export const shortcuts: readonly { readonly title: string; readonly rows: readonly Shortcut[] }[] = [
  { title: 'few pixels: adjacent pixels or whole images are rows of a product', rows: fewPixels },
  { title: "Winograd's minimal filtering", rows: winograd },
  { title: 'depthwise: programs of rows, borders, rotated gradients, copied channels', rows: depthwise },
  { title: 'padded copies, phases of strided gradients, narrow tiles', rows: general },
  { title: 'segments: whole lines of the window', rows: segments },
];

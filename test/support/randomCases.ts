// Random convolution problems and tensor values from a seed: the same seed gives the same cases on every machine,
// and the first n of a longer list are the list of length n, so one failing case is found again by its name.

import type { DataFormat } from '../../kernels/conv.js';
import type { CasePad, ConvCase } from './convCase.js';

/** Multiply-adds of the largest case: a software GPU and the float64 reference still take milliseconds. */
const workLimit = 100_000;

/**
 * Values in [-1, 1), each exact in float32: multiples of 2^-23, so a tensor of them loses nothing on upload. The
 * state steps by the golden ratio of 2^32 and is scrambled by MurmurHash3's finalizer.
 */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    bits = (bits ^ (bits >>> 16)) >>> 0;
    return (bits >>> 8) / 2 ** 23 - 1;
  };
}

/** `size` values of `random(seed)`. */
export function randomValues(size: number, seed: number): Float32Array {
  const next = random(seed);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = next(); // Float32Array.from takes five times as long
  return values;
}

/** `count` valid cases with at least one output pixel each (but batch 0 now and then). */
export function randomCases(count: number, seed: number): ConvCase[] {
  const next = random(seed);
  const cases: ConvCase[] = [];
  while (cases.length < count) {
    const sizes = randomSizes(next);
    // Too large ones are drawn again, not shrunk: shrinking would favour some channel counts.
    if (sizes.work <= workLimit) cases.push(toCase(sizes, `random seed ${seed} #${cases.length}`));
  }
  return cases;
}

type Next = () => number;

/** A whole number from `low` to `high`, both included, equally likely. */
function whole(next: Next, low: number, high: number): number {
  return low + Math.floor(((next() + 1) / 2) * (high - low + 1));
}

function pick<T>(next: Next, values: readonly T[]): T {
  return values[whole(next, 0, values.length - 1)] as T;
}

interface Channels {
  readonly groups: number;
  readonly inPerGroup: number;
  readonly outPerGroup: number;
}

function randomChannels(next: Next): Channels {
  const kind = pick(next, ['dense', 'grouped', 'depthwise'] as const);
  if (kind === 'dense') {
    return { groups: 1, inPerGroup: whole(next, 1, 13), outPerGroup: whole(next, 1, 13) };
  }
  if (kind === 'depthwise') {
    return { groups: whole(next, 2, 13), inPerGroup: 1, outPerGroup: whole(next, 1, 3) };
  }
  const perGroup = [1, 2, 3, 4, 5, 6, 8];
  return { groups: whole(next, 2, 5), inPerGroup: pick(next, perGroup), outPerGroup: pick(next, perGroup) };
}

interface AxisDraw {
  readonly size: number;
  readonly k: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly out: number;
}

type PadKind = 'valid' | 'same' | 'number' | 'explicit';

/** One axis with room for the filter: the input is at least as long as the filter less its padding. */
function randomAxis(next: Next, padKind: PadKind, padNumber: number): AxisDraw {
  const k = whole(next, 1, 5);
  const stride = whole(next, 1, 3);
  const dilation = whole(next, 1, 3);
  const before = padKind === 'number' ? padNumber : padKind === 'explicit' ? whole(next, 0, 4) : 0;
  const after = padKind === 'number' ? padNumber : padKind === 'explicit' ? whole(next, 0, 4) : 0;
  const effective = (k - 1) * dilation + 1;
  const least = padKind === 'same' ? 1 : Math.max(1, effective - before - after);
  const size = least + whole(next, 0, 8);
  // An upper bound for every rounding mode; it only limits the work.
  const out =
    padKind === 'same' ? Math.ceil(size / stride) : Math.ceil((size + before + after - effective) / stride) + 1;
  return { size, k, stride, dilation, before, after, out };
}

interface Sizes extends Channels {
  readonly batch: number;
  readonly dataFormat: DataFormat;
  readonly h: AxisDraw;
  readonly w: AxisDraw;
  readonly padKind: PadKind;
  readonly padNumber: number;
  readonly dimRoundingMode: ConvCase['dimRoundingMode'];
  readonly work: number;
}

function randomSizes(next: Next): Sizes {
  const channels = randomChannels(next);
  const dataFormat = pick(next, ['NHWC', 'NCHW'] as const);
  const padKind = pick(next, ['valid', 'same', 'number', 'explicit'] as const);
  const padNumber = whole(next, 0, 3);
  const h = randomAxis(next, padKind, padNumber);
  const w = randomAxis(next, padKind, padNumber);
  const rounding = pick(next, [undefined, 'floor', 'round', 'ceil'] as const);
  const dimRoundingMode = padKind === 'number' || padKind === 'explicit' ? rounding : undefined;
  const batch = pick(next, [0, 1, 1, 1, 1, 1, 2, 2, 3, 3]);
  const { groups, inPerGroup, outPerGroup } = channels;
  const work = batch * h.out * w.out * h.k * w.k * inPerGroup * groups * outPerGroup;
  return { ...channels, batch, dataFormat, h, w, padKind, padNumber, dimRoundingMode, work };
}

function toCase(s: Sizes, title: string): ConvCase {
  const { h, w, groups, dataFormat, batch } = s;
  const inC = groups * s.inPerGroup;
  const outC = groups * s.outPerGroup;
  const pad = toPad(s);
  const padText = typeof pad === 'object' ? `${pad.top},${pad.bottom},${pad.left},${pad.right}` : pad;
  const name =
    `${title}: ${dataFormat} ${batch}x${h.size}x${w.size}x${inC} k${h.k}x${w.k} out${outC} groups${groups} ` +
    `s${h.stride}x${w.stride} d${h.dilation}x${w.dilation} pad ${padText}${s.dimRoundingMode ? ` ${s.dimRoundingMode}` : ''}`;
  const required: ConvCase = {
    name,
    batch,
    inH: h.size,
    inW: w.size,
    inC,
    kH: h.k,
    kW: w.k,
    outC,
    groups,
    strides: [h.stride, w.stride],
    dilations: [h.dilation, w.dilation],
    pad,
    dataFormat,
  };
  return s.dimRoundingMode ? { ...required, dimRoundingMode: s.dimRoundingMode } : required;
}

function toPad(s: Sizes): CasePad {
  if (s.padKind === 'number') return s.padNumber;
  if (s.padKind === 'explicit') {
    return { top: s.h.before, bottom: s.h.after, left: s.w.before, right: s.w.after };
  }
  return s.padKind;
}

// Shapes and attributes -> frozen geometry. All validation of a convolution and all padding arithmetic live here.
//
// Padding as TensorFlow defines it (https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2), with
// span = (k - 1)*dilation + 1, the input rows that one output reads:
//   'valid'  out = floor((in - span)/stride) + 1
//   'same'   out = ceil(in/stride); the odd row of padding goes below and to the right
//   numbers  out = round((in + before + after - span)/stride + 1), where round truncates unless dimRoundingMode says else
// TensorFlow.js 4.22 takes the width from the filter's height and the vertical stride when `pad` is a number; here both
// axes are computed alike.

import type { Conv, DataFormat } from '../../kernels/conv.js';
import { check } from './errors.js';
import { Memo } from './memo.js';

/** Rows and columns of padding per dimension, in the order of the data format; none on batch and channels. */
export type ExplicitPadding = readonly [
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
];

export type Padding = 'valid' | 'same' | number | ExplicitPadding;
export type Pair = number | readonly [number, number];
export type RoundingMode = 'floor' | 'round' | 'ceil';

/** The attributes of a convolution, as the ops take them. */
export interface ConvAttrs {
  readonly strides: Pair;
  readonly pad: Padding;
  /** Default 'NHWC'. */
  readonly dataFormat?: DataFormat;
  /** Default 1. */
  readonly dilations?: Pair | null;
  /** How a fractional output size is rounded when `pad` is given in numbers; default: truncated. */
  readonly dimRoundingMode?: RoundingMode;
}

export interface ConvArgs extends ConvAttrs {
  /** The op's name, for messages. */
  readonly where: string;
  readonly xShape: readonly number[];
  /** [kH, kW, inC/groups, outC]; with `depthwise` [kH, kW, inC, multiplier]. */
  readonly filterShape: readonly number[];
  readonly depthwise?: boolean;
  /** Ignores padding on batch and channels, as TensorFlow.js does under its own kernel names; else it is an error. */
  readonly ignoreOuterPadding?: boolean;
}

const known = new Memo<Conv>();

/**
 * Checks every argument and works out sizes, padding and groups.
 * groups = input channels / filter.shape[2]: a filter that spans fewer channels than the input has means groups.
 *
 * Equal arguments give the same object, so that kernels can keep under it what they have worked out.
 */
export function resolveConv(args: ConvArgs): Conv {
  const { xShape, filterShape, strides, pad, dataFormat, dilations, dimRoundingMode } = args;
  const { depthwise, ignoreOuterPadding } = args;
  const options = [dataFormat, dilations, dimRoundingMode, depthwise, ignoreOuterPadding];
  return known.get([xShape, filterShape, strides, pad, options], () => computeConv(args));
}

function computeConv(args: ConvArgs): Conv {
  const { where, xShape, filterShape, dataFormat = 'NHWC', depthwise = false } = args;
  check(dataFormat === 'NHWC' || dataFormat === 'NCHW', where, "dataFormat must be 'NHWC' or 'NCHW'", { dataFormat });
  check(xShape.length === 4, where, 'x must have rank 4', { 'x.shape': xShape });
  check(filterShape.length === 4, where, 'filter must have rank 4', { 'filter.shape': filterShape });
  const [strideH, strideW] = positivePair(where, 'strides', args.strides);
  const [dilationH, dilationW] = positivePair(where, 'dilations', args.dilations ?? 1);
  const [batch, inH, inW, inC] = nhwc(xShape, dataFormat);
  const [kH, kW] = filterShape;
  check(kH >= 1 && kW >= 1, where, 'filter height and width must be at least 1', { 'filter.shape': filterShape });
  const { groups, outC } = depthwise
    ? depthwiseChannels(where, inC, filterShape)
    : groupedChannels(where, inC, filterShape);
  const pads = resolvePadding(args, dataFormat);
  const rows = resolveAxis({
    where,
    axis: 'height',
    size: inH,
    k: kH,
    stride: strideH,
    dilation: dilationH,
    ...pads.rows,
  });
  const cols = resolveAxis({
    where,
    axis: 'width',
    size: inW,
    k: kW,
    stride: strideW,
    dilation: dilationW,
    ...pads.columns,
  });
  return Object.freeze({
    dataFormat,
    batch,
    inH,
    inW,
    inC,
    outH: rows.out,
    outW: cols.out,
    outC,
    kH,
    kW,
    groups,
    strideH,
    strideW,
    dilationH,
    dilationW,
    padTop: rows.before,
    padBottom: rows.after,
    padLeft: cols.before,
    padRight: cols.after,
  });
}

export type Shape4D = [number, number, number, number];

/** The shape of x in its memory order. */
export function xShapeOf({ dataFormat, batch, inH, inW, inC }: Conv): Shape4D {
  return dataFormat === 'NHWC' ? [batch, inH, inW, inC] : [batch, inC, inH, inW];
}

/** The shape of y in its memory order. */
export function yShapeOf({ dataFormat, batch, outH, outW, outC }: Conv): Shape4D {
  return dataFormat === 'NHWC' ? [batch, outH, outW, outC] : [batch, outC, outH, outW];
}

/** The grouped form of the filter's shape: [kH, kW, inC/groups, outC]. */
export function filterShapeOf({ kH, kW, inC, groups, outC }: Conv): Shape4D {
  return [kH, kW, inC / groups, outC];
}

function nhwc(shape: readonly number[], dataFormat: DataFormat): Shape4D {
  const [n, a, b, c] = shape;
  return dataFormat === 'NHWC' ? [n, a, b, c] : [n, b, c, a];
}

/** A pair of positive whole numbers, or one number for both. */
export function positivePair(where: string, name: string, value: Pair): readonly [number, number] {
  const pair = typeof value === 'number' ? ([value, value] as const) : value;
  const valid = Array.isArray(pair) && pair.length === 2 && pair.every((v) => Number.isInteger(v) && v >= 1);
  check(valid, where, `${name} must be a positive integer or a pair of them`, { [name]: value });
  return pair;
}

function groupedChannels(where: string, inC: number, filterShape: readonly number[]) {
  const [, , depth, outC] = filterShape;
  const groups = depth === inC ? 1 : inC / depth; // equal depths first: both may be 0
  check(Number.isInteger(groups) && groups >= 1, where, 'input channels must be a multiple of filter.shape[2]', {
    'input channels': inC,
    'filter.shape': filterShape,
  });
  check(outC % groups === 0, where, `filters (filter.shape[3]) must be a multiple of groups`, {
    filters: outC,
    groups,
  });
  return { groups, outC };
}

function depthwiseChannels(where: string, inC: number, filterShape: readonly number[]) {
  const [, , depth, multiplier] = filterShape;
  check(depth === inC, where, 'filter.shape[2] must equal the input channels of a depthwise convolution', {
    'input channels': inC,
    'filter.shape': filterShape,
  });
  return { groups: Math.max(inC, 1), outC: inC * multiplier };
}

interface AxisPadding {
  readonly kind: 'valid' | 'same' | 'explicit';
  /** 0 unless explicit. */
  readonly before: number;
  readonly after: number;
  readonly rounding?: RoundingMode;
}

type PaddingArgs = Pick<ConvArgs, 'where' | 'pad' | 'dimRoundingMode' | 'ignoreOuterPadding'>;

/** Checks the padding and gives it for each axis. */
export function resolvePadding(
  { where, pad, dimRoundingMode, ignoreOuterPadding = false }: PaddingArgs,
  dataFormat: DataFormat,
): { rows: AxisPadding; columns: AxisPadding } {
  if (pad === 'valid' || pad === 'same') {
    const rule = "dimRoundingMode goes with padding given in numbers, not with 'same' or 'valid'";
    check(dimRoundingMode == null, where, rule, { dimRoundingMode, pad });
    const axis = { kind: pad, before: 0, after: 0 };
    return { rows: axis, columns: axis };
  }
  const known = dimRoundingMode == null || ['floor', 'round', 'ceil'].includes(dimRoundingMode);
  check(known, where, "dimRoundingMode must be 'floor', 'round' or 'ceil'", { dimRoundingMode });
  const pairs = typeof pad === 'number' ? allSides(pad, dataFormat) : pad;
  const rule = "pad must be 'valid', 'same', an integer of at least 0, or four pairs of them";
  const whole = (v: unknown) => Number.isInteger(v) && (v as number) >= 0;
  const isPair = (p: unknown) => Array.isArray(p) && p.length === 2 && p.every(whole);
  check(Array.isArray(pairs) && pairs.length === 4 && pairs.every(isPair), where, rule, { pad });
  const inOrder = dataFormat === 'NHWC' ? pairs : ([pairs[0], pairs[2], pairs[3], pairs[1]] as const);
  const [batch, height, width, channels] = inOrder;
  const none = ignoreOuterPadding || [...batch, ...channels].every((v) => v === 0);
  check(none, where, 'pad must be 0 on batch and channels', { pad, dataFormat });
  const axis = ([before, after]: readonly [number, number]): AxisPadding => {
    return { kind: 'explicit', before, after, rounding: dimRoundingMode };
  };
  return { rows: axis(height), columns: axis(width) };
}

function allSides(pad: number, dataFormat: DataFormat): ExplicitPadding {
  const none = [0, 0] as const;
  const side = [pad, pad] as const;
  return dataFormat === 'NHWC' ? [none, side, side, none] : [none, none, side, side];
}

interface AxisSizes {
  readonly where: string;
  /** What slides over the input, for messages. Default: the filter. */
  readonly slides?: 'filter' | 'window';
  readonly axis: string;
  readonly size: number;
  readonly k: number;
  readonly stride: number;
  readonly dilation: number;
}

/** The output size of one axis and the padding before and after it. */
export function resolveAxis(args: AxisSizes & AxisPadding): { out: number; before: number; after: number } {
  const { where, slides = 'filter', axis, size, k, stride, dilation, kind, rounding } = args;
  const span = (k - 1) * dilation + 1;
  if (kind === 'same') {
    const out = Math.ceil(size / stride);
    const total = Math.max((out - 1) * stride + span - size, 0);
    const before = Math.floor(total / 2);
    return { out, before, after: total - before };
  }
  const { before, after } = args;
  const exact = (size + before + after - span) / stride + 1;
  const out = kind === 'valid' ? Math.floor(exact) : round(exact, rounding);
  check(out >= 0, where, `the ${slides} must fit into the padded input's ${axis}`, {
    [`input ${axis}`]: size,
    padding: [before, after],
    [`${slides} ${axis}`]: k,
    dilation,
  });
  return { out: out + 0, before, after }; // + 0 turns the -0 of truncation into 0
}

function round(value: number, mode: RoundingMode | undefined): number {
  return Math[mode ?? 'trunc'](value);
}

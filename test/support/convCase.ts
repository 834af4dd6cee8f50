// One convolution problem of the case table: sizes by name, padding as a user would write it.

import type { DataFormat } from '../../kernels/conv.js';

/** Padding as the ops take it: a word, one number for all sides, or explicit pairs in the order of the data format. */
export type CasePad = 'valid' | 'same' | number | { top: number; bottom: number; left: number; right: number };

export interface ConvCase {
  /** Unique; says what the case is for. */
  readonly name: string;
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly kH: number;
  readonly kW: number;
  readonly outC: number;
  readonly groups: number;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pad: CasePad;
  readonly dataFormat: DataFormat;
  /** Only with numeric or explicit padding; default: truncate, as TensorFlow.js does. */
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A case by a few sizes; the name says them. */
export interface Sizes extends Partial<Omit<ConvCase, 'name' | 'strides' | 'dilations'>> {
  /** [inH, inW, inC] */
  readonly x: readonly [number, number, number];
  readonly k: number;
  readonly outC: number;
  readonly stride?: number;
  readonly dilation?: number;
}

export function caseOf({ x, k, outC, stride = 1, dilation = 1, ...rest }: Sizes): ConvCase {
  const { batch = 1, groups = 1, pad = 'same' } = rest;
  return {
    name: `${batch}x${x.join('x')} k${k} out${outC} groups${groups} s${stride} d${dilation} pad ${JSON.stringify(pad)}`,
    ...{ batch, inH: x[0], inW: x[1], inC: x[2], kH: k, kW: k, outC, groups, pad, dataFormat: 'NHWC' },
    strides: [stride, stride],
    dilations: [dilation, dilation],
    ...rest,
  };
}

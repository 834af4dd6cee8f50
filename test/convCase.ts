// One convolution problem of the case table: sizes by name, padding as a user would write it.

import type { DataFormat } from '../kernels/types.js';

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

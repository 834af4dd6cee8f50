// What the WebGL benchmark gives: plain data, the same from the terminal and from the page of the demo.

import type { FirstTime } from './firstPredictions.js';
import type { Limits } from './limits.js';
import type { Timing } from './measure.js';
import type { Pass } from './problem.js';
import type { Device } from './report.js';
import type { Aim } from './webglClasses.js';

export const webglSections = ['layers', 'gradients', 'models', 'first'] as const;
export type WebglSection = (typeof webglSections)[number];

/** Timings are ours and the peer's, in this order. */
export interface WebglLayerRow {
  readonly section: 'layers' | 'gradients';
  readonly layer: string;
  readonly pass: Pass;
  readonly mflop: number;
  readonly timings: readonly (Timing & { readonly gflops: number })[];
}

export interface WebglModelRow {
  readonly section: 'models';
  readonly model: string;
  readonly timings: readonly Timing[];
}

/** First predictions and what they leave on the GPU; ours, then the peer's. */
export interface WebglFirstRow {
  readonly section: 'first';
  readonly model: string;
  readonly times: readonly FirstTime[];
}

export type WebglRow = WebglLayerRow | WebglModelRow | WebglFirstRow;

export interface WebglResults {
  readonly rows: readonly WebglRow[];
  /** What could not be computed, or was computed wrongly: what happened. */
  readonly failures: readonly string[];
  /** It was asked to stop before the end. */
  readonly isStopped: boolean;
}

/** One line of the comparison. */
export interface WebglVerdict {
  readonly group: 'layers' | 'models' | 'first prediction' | 'GPU memory' | 'programs';
  readonly title: string;
  /** The class that this is a part of. */
  readonly partOf?: string;
  /** How many layers or models. */
  readonly count: number;
  readonly unit: 'GFLOP/s' | 'ms' | 'MiB' | 'programs';
  readonly ours: number;
  readonly theirs: number;
  /** How they compare: 'faster' is our speed over theirs, 'share' ours of theirs, 'count' just ours. */
  readonly measure: 'faster' | 'share' | 'count';
  readonly value: number;
  readonly aim?: Aim;
  readonly isReached?: boolean;
  readonly ofLimits?: OfLimits;
}

/** Our speed beside what the device does at most. */
export interface OfLimits {
  /** Multiply-adds, of as many as it does from registers alone. Winograd's kernels do fewer than are counted. */
  readonly macs: number;
  /** Multiply-adds in the time that one texel fetch takes when nothing else is done; one render target has at most 4 a fetch. */
  readonly macsPerFetch: number;
}

/** The file. */
export interface WebglReport {
  readonly device: Device;
  readonly date: string;
  readonly quick: boolean;
  /** Before its end, by the user. */
  readonly isStopped?: boolean;
  readonly limits?: Limits;
  readonly verdicts: readonly WebglVerdict[];
  readonly rows: readonly WebglRow[];
  readonly failures: readonly string[];
}

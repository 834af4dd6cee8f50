// The measurements of `convnet bench`, as --json prints them.

import type { Figures } from '../../core/figures.js';
import type { Memory } from './contestant.js';
import type { LayerTime } from './timeLayers.js';

export interface BackendReport extends Figures {
  readonly backend: string;
  readonly loadMs: number;
  readonly firstMs: number;
  readonly times: readonly number[];
  readonly memory: Memory;
  /** The largest difference from the first backend relative to the largest output. */
  readonly difference: number;
  readonly layers: readonly LayerTime[];
}

export interface BenchReport {
  readonly model: string;
  readonly parameters: number;
  readonly inputs: readonly (readonly number[])[];
  readonly runs: number;
  readonly backends: readonly BackendReport[];
}

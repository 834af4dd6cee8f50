// What the CPU benchmark gives: the rows of its sections, and how they compare with what is promised.

import type { Floor } from './classes.js';
import type { FirstTime } from './firstPredictions.js';
import type { Timing } from './measure.js';
import type { MemoryReport } from './memory.js';
import type { Peak } from './peak.js';
import type { Pass } from './problem.js';
import type { LayerKind } from './shapes.js';

export const sections = ['layers', 'gradients', 'threads', 'neighbours', 'models', 'memory'] as const;
export type Section = (typeof sections)[number];

export interface Speed extends Timing {
  readonly gflops: number;
  /** Of the machine's multiply-add peak; Winograd's counts fewer multiplications, so it may pass 1. */
  readonly ofPeak: number;
}

export interface LayerRow {
  readonly layer: string;
  readonly kind: LayerKind;
  /** Rows of the input. */
  readonly size: number;
  readonly pass: Pass;
  readonly mflop: number;
  /** Ours first. */
  readonly timings: readonly Speed[];
}

export interface ThreadsRow {
  readonly layer: string;
  readonly mflop: number;
  /** Two threads, then one. */
  readonly timings: readonly Timing[];
}

export interface NeighbourRow {
  readonly neighbour: string;
  readonly timings: readonly Timing[];
}

export interface ModelRow {
  readonly model: string;
  readonly timings: readonly Timing[];
  readonly first: readonly FirstTime[];
}

export interface MemoryRow extends MemoryReport {
  readonly model: string;
}

/** A factor by which ours is faster than a peer, and the least that is asked of it. */
export interface Verdict {
  readonly section: Section;
  readonly title: string;
  /** Our contestant: with threads where it has more than one. */
  readonly ours: string;
  readonly peer: string;
  /** Their time over ours; the geometric mean of `count` rows. */
  readonly ratio: number;
  readonly count: number;
  readonly floor?: number;
  readonly isMet?: boolean;
}

export interface CpuResults {
  readonly peak: Peak;
  readonly layers: readonly LayerRow[];
  readonly gradients: readonly LayerRow[];
  readonly threads: readonly ThreadsRow[];
  readonly neighbours: readonly NeighbourRow[];
  readonly models: readonly ModelRow[];
  readonly memory: readonly MemoryRow[];
  /** Rows that could not be computed, or were computed wrongly: what happened. */
  readonly failures: readonly string[];
}

export function floorFor(floor: Floor | undefined, { fma }: Peak): number | undefined {
  return fma ? floor?.fma : floor?.simd;
}

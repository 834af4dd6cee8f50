// What a benchmark gives: plain data, the same from the terminal and from the page of the demo.

import type { GpuUse } from '../measure/gpuUse.js';
import type { MemoryReport } from '../measure/memory.js';
import type { Peak } from '../measure/peak.js';
import type { Timing } from '../measure/turns.js';
import type { Pass } from '../tables/layers.js';

export const sections = [
  'layers',
  'gradients',
  'threads',
  'ops',
  'calls',
  'models',
  'training',
  'keras',
  'first',
  'memory',
] as const;
export type Section = (typeof sections)[number];

export type Row = TimedRow | MemoryRow;
/** `name` is the model's. */
export type MemoryRow = MemoryReport & { readonly section: 'memory'; readonly name: string };

export interface TimedRow {
  readonly section: Exclude<Section, 'memory'>;
  /** The layer's, operation's or model's, or that of tables/calls.ts and keras.ts. */
  readonly name: string;
  readonly pass?: Pass;
  readonly mflop?: number;
  /** Ours first. In `threads`, two threads and then one. */
  readonly timings: readonly RowTiming[];
}

export interface RowTiming extends Timing {
  /** A layer's speed, also as a part of the peak: Winograd's kernels do less than is counted, so that may pass 1. */
  readonly gflops?: number;
  readonly ofPeak?: number;
  /** What the last first prediction with WebGL took. */
  readonly gpu?: GpuUse;
}

/** One line of the comparison: ours against a peer. */
export interface Verdict {
  readonly group:
    | 'layers'
    | 'threads'
    | 'ops'
    | 'calls'
    | 'models'
    | 'training steps'
    | 'Keras'
    | 'first prediction'
    | 'GPU memory'
    | 'programs';
  readonly title: string;
  /** The class of layers that this is a part of. */
  readonly partOf?: string;
  readonly ours: string;
  readonly peer: string;
  /** How many rows. */
  readonly count: number;
  readonly unit: 'GFLOP/s' | 'ms' | 'MiB' | 'programs';
  /** Ours, then the peer's: geometric means. */
  readonly amounts: readonly [number, number];
  /** How many times as fast ours is; in MiB, our share of theirs; in programs, ours. */
  readonly value: number;
  /** The least, of MiB and programs the most, that is asked for. */
  readonly asked?: number;
  readonly isReached?: boolean;
  /** Our multiply-adds as a share of the limit, and in the time of one texel fetch (at most 4 a render target). */
  readonly ofLimits?: { readonly macs: number; readonly macsPerFetch: number };
}

/** What a device does at most, a second. */
export type Limits = Readonly<Record<'fetchesPerSecond' | 'macsPerSecond', number>>;

/** The machine and the versions that the numbers belong to. */
export type Device = Readonly<Record<string, string | number>>;

/** The file. */
export interface Report {
  readonly device: Device;
  readonly date: string;
  readonly quick: boolean;
  /** Before its end, by the user. */
  readonly isStopped?: boolean;
  readonly peak?: Peak;
  readonly limits?: Limits;
  readonly verdicts: readonly Verdict[];
  readonly rows: readonly Row[];
  /** Messages of rows that could not be computed, or were computed wrongly. */
  readonly failures: readonly string[];
}

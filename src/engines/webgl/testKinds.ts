// What the self-test knows of a kind of work, and what it stands on.

import type { Verdict } from '../../core/verdict.js';

/** Thrown by a test that finds no small problem: nothing is known of the kind then, good or bad. */
export class Untestable extends Error {
  override readonly name = 'Untestable';
}

/** Reads what a test has drawn and compares it; called at most once. */
export type Unread = () => Verdict;

/** Computes a small problem. It must hold no tensors: it is kept, and runs again. */
export type Test = () => Verdict | Unread;

/** What the self-test stands on. */
export interface Surroundings {
  /** Runs a test so that it leaves no trace in the backend's counters. */
  run(test: Test): Verdict | Unread;
  /** Whether a test may be read later; if not, its kind is replaced before anything is computed with it. */
  mayWait(): boolean;
  /** How many data have been computed so far. */
  computed(): number;
  /** A test has failed: what was computed since there were so many is computed again, and is void where that fails. */
  recompute(since: number): void;
  /** Whether the driver has refused nothing that has been computed with since a test was begun: textures, programs. */
  isSound(): boolean;
  /** No test waits to be read any more. */
  settled(): void;
  /** Resolves when the GPU has finished what it was given. */
  whenDrawn(): Promise<unknown>;
}

export const alone: Surroundings = {
  run: (test) => test(),
  mayWait: () => false,
  computed: () => 0,
  recompute: () => {},
  isSound: () => true,
  settled: () => {},
  whenDrawn: () => Promise.resolve(),
};

/** A kind of work, for reports. */
export interface KindReport {
  readonly kind: string;
  readonly passed: boolean;
  /** The largest difference of all its tests; see Verdict. */
  readonly difference: number;
  /** How many times it was tested, and what that took, in milliseconds. */
  readonly tests: number;
  readonly ms: number;
  /** Why it failed. */
  readonly reason?: string;
  /** Why it could not be tested, where it never was. */
  readonly untested?: string;
}

export interface Kind {
  readonly test: Test;
  uses: number;
  /** The use at which it is tested next. */
  due: number;
  tests: number;
  /** How many results had been read at its last test. */
  reads: number;
  /** Whether a test of it has been drawn and not read. */
  isBegun: boolean;
  /** Whether it passed on this GPU before the context was lost: no result waits for a test of it. */
  hasPassed: boolean;
  difference: number;
  ms: number;
  reason?: string;
  untested?: string;
}

/** A test that has been drawn and not read. */
export interface Begun {
  readonly name: string;
  readonly kind: Kind;
  readonly read: Unread;
  /** How many data had been computed before the first use of its kind. */
  readonly since: number;
  /** Its place among all tests that were begun. */
  readonly number: number;
}

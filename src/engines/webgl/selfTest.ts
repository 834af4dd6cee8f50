// Drivers have bugs, and a wrong number must not look like a right one. A kind of work (a convolution program, a kernel
// with the programs that it draws with, a conversion between layouts) is tested when it is first used: it computes a
// small problem whose result plain loops on the CPU give too. If the results differ, the kind is not used on this
// device: there is one warning, something else takes its place, and backendInfo() says so. A kind is tested at its
// first use because at the start all programs would have to be compiled, of which a model needs few.
//
// The test is repeated, because one driver is known that is right in its first inference only: in the idle time after the
// second use, or at the first use after results have been read, if no idle time came before. So a first prediction, which
// uses many kinds several times, pays for one test of each. Then it is repeated in idle time whenever the number of uses
// has doubled, so that a steady prediction pays nothing. After a lost context kinds that passed wait for idle time, too.
//
// Reading a test's result waits for the GPU: for the compiler and for all that was drawn before, while nothing prepares
// what comes next. So the result of a first test is read when the next result of the app is: there the GPU is waited for
// anyway. If it is wrong then, all that was computed since the test began is computed again (calls.ts), before anybody
// has seen it.

import type { Verdict } from '../../core/verdict.js';
import { ContextLostError } from './gl/contextLoss.js';
import { TextureFailure } from './gl/failures.js';
import {
  alone,
  type Begun,
  type Kind,
  type KindReport,
  type Surroundings,
  type Test,
  Untestable,
} from './testKinds.js';

/** Tests of a kind that come before its result is handed out; but the first they wait until results have been read. */
const TESTED_AT_ONCE = 2;
/** Milliseconds after which idle time may be assumed. */
const IDLE_AFTER = 50;

export class SelfTest {
  readonly #kinds = new Map<string, Kind>();
  /** Kernels of TensorFlow.js's names that are left to TensorFlow.js, because a kind of theirs failed. */
  readonly barred = new Set<string>();
  readonly #postponed = new Set<string>();
  /** Kinds that wait for idle time. */
  readonly #waiting = new Set<string>();
  /** In the order in which they were begun. */
  #begun: Begun[] = [];
  #begunCount = 0;
  /** How many data had been computed before the first of them. */
  #since = Number.POSITIVE_INFINITY;
  #reads = 0;
  #isStopped = false;
  #isTesting = false;
  /** While programs are only being compiled nothing can be tested: every kind passes, and runPostponed() tests it. */
  isPostponed = false;

  /** Told of each use of a kind, while a model is captured. */
  onUse?: (name: string) => void;

  constructor(private readonly surroundings: Surroundings = alone) {}

  /** Whether a kind works here, which is tested where it never was; for a choice that may end without a use. */
  trusts(name: string, test: Test): boolean {
    const kind = this.#kinds.get(name) ?? this.#add(name, test);
    if (kind.reason !== undefined) return false;
    if (kind.tests > 0 || kind.isBegun || kind.untested !== undefined || this.#isTesting) return true;
    if (!this.isPostponed) return this.#begin(name, kind, this.surroundings.computed());
    this.#postponed.add(name);
    return true;
  }

  /** Whether the kind was used before. */
  has(name: string): boolean {
    return this.#kinds.has(name);
  }

  /**
   * Counts a use of a kind, tests it where that is due, and returns whether it works here.
   *
   * @param test May be left out for a kind that was used before.
   * @param since How many data had been computed before this use, where it comes before this call; default: all.
   */
  check(name: string, test?: Test, since = this.surroundings.computed()): boolean {
    const kind = this.#kinds.get(name) ?? (test && this.#add(name, test));
    if (!kind) return true;
    if (kind.reason !== undefined) return false;
    if (this.#isTesting) return true; // a test runs kinds too
    this.onUse?.(name);
    if (++kind.uses < kind.due) return true;
    if (this.isPostponed) {
      if (kind.tests === 0) this.#postponed.add(name);
      return true;
    }
    const isNew = kind.tests < TESTED_AT_ONCE && !kind.hasPassed;
    const isNext = kind.tests === 0 || (isNew && kind.reads !== this.#reads);
    if (isNext && !kind.isBegun) return this.#begin(name, kind, since);
    if (!isNew) kind.due = 2 * kind.uses;
    if (this.#waiting.has(name)) return true;
    this.#waiting.add(name);
    if (this.#waiting.size === 1) this.#testWhenIdle();
    return true;
  }

  /** Told of each result that is read, but for those of tests: what is used after it belongs to another inference. */
  noteRead(): void {
    this.#reads++;
  }

  /** Whether a test of this kind has failed; counts no use. */
  hasFailed(name: string): boolean {
    return this.#kinds.get(name)?.reason !== undefined;
  }

  /** The context is lost: nothing can be tested. */
  suspend(): void {
    for (const { kind } of this.#begun) Object.assign(kind, { isBegun: false, due: kind.uses + 1 });
    this.#begun = [];
    this.#since = Number.POSITIVE_INFINITY;
    this.surroundings.settled();
    this.#postponed.clear();
    this.#waiting.clear();
  }

  /**
   * The context is back on the GPU that it was on: what failed stays barred, and what passed is tested again in idle time
   * after its next use, for which the next prediction does not wait.
   */
  resume(): void {
    for (const kind of this.#kinds.values()) {
      kind.due = kind.uses + 1;
      kind.hasPassed = kind.tests > 0;
    }
  }

  /** Forgets what it knows: the context has come back on another GPU. */
  forget(): void {
    this.#kinds.clear();
    this.barred.clear();
    this.suspend();
  }

  /** Runs one postponed test; returns false if there was none left. */
  runPostponed(): boolean {
    const [name] = this.#postponed;
    if (name === undefined) return false;
    this.#postponed.delete(name);
    this.#test(name, this.#kinds.get(name) as Kind);
    return true;
  }

  /** Runs the tests that wait for idle time, now. */
  testWaiting(): void {
    for (const name of [...this.#waiting]) this.#testWaiting(name);
  }

  /** Tests all kinds that have been used, now; those that failed before stay failed. */
  runAll(): void {
    for (const [name, kind] of [...this.#kinds]) if (kind.reason === undefined) this.#test(name, kind);
  }

  /** Whether a test waits to be read. */
  get hasBegun(): boolean {
    return this.#begun.length > 0;
  }

  /** How many tests have been begun. */
  get begunCount(): number {
    return this.#begunCount;
  }

  /**
   * Reads the tests that have been begun. Called where a result is about to be handed out, and has been drawn.
   *
   * @param count Only the first so many of all, for a result that was drawn before others; default: all. If one has
   *   failed, all are read.
   */
  settle(count = this.#begunCount): void {
    if (this.#isTesting || this.#begun.length === 0) return;
    let since = this.surroundings.isSound() ? Number.POSITIVE_INFINITY : this.#since;
    const isWrong = () => since < Number.POSITIVE_INFINITY;
    while (this.#begun.length > 0 && (this.#begun[0].number <= count || isWrong())) {
      const begun = this.#begun.shift() as Begun;
      begun.kind.isBegun = false;
      if (!this.#read(begun)) since = Math.min(since, begun.since);
    }
    if (isWrong()) this.surroundings.recompute(since);
    if (this.#begun.length > 0) return;
    this.#since = Number.POSITIVE_INFINITY;
    this.surroundings.settled();
  }

  /** Ends the tests in idle time, for a backend that is disposed of. */
  stop(): void {
    this.settle();
    this.#isStopped = true;
    this.#waiting.clear();
  }

  /** Every kind that has been tested, and those that could not be. */
  get report(): readonly KindReport[] {
    this.settle();
    return [...this.#kinds].flatMap(([kind, { tests, difference, ms, reason, untested }]): KindReport[] => {
      if (tests === 0) return untested === undefined ? [] : [{ kind, passed: true, difference, tests, ms, untested }];
      const failure = reason === undefined ? {} : { reason };
      return [{ kind, passed: reason === undefined, difference, tests, ms, ...failure }];
    });
  }

  /** The kinds that failed and why, or how many passed, for backendInfo(). */
  get summary(): string {
    const { report } = this;
    const failed = report.filter(({ passed }) => !passed).map(({ kind, reason }) => `${kind} (${reason})`);
    if (failed.length > 0) return `failed: ${failed.join(', ')}`;
    const untested = report.filter(({ tests }) => tests === 0).length;
    const passed = `passed: ${report.length - untested}`;
    return report.length === 0 ? 'not run yet' : untested === 0 ? passed : `${passed}, untested: ${untested}`;
  }

  #add(name: string, test: Test): Kind {
    const kind = { test, uses: 0, due: 1, tests: 0, reads: 0, isBegun: false, hasPassed: false, difference: 0, ms: 0 };
    this.#kinds.set(name, kind);
    return kind;
  }

  /** Tests a kind now. */
  #test(name: string, kind: Kind): boolean {
    return this.#draw(name, kind, (outcome) => (typeof outcome === 'function' ? outcome() : outcome));
  }

  /** Tests a kind, whose result is read later where that is possible. */
  #begin(name: string, kind: Kind, since: number): boolean {
    if (!this.surroundings.mayWait()) return this.#test(name, kind);
    return this.#draw(name, kind, (outcome) => {
      if (typeof outcome !== 'function') return outcome;
      kind.isBegun = true;
      this.#begun.push({ name, kind, read: outcome, since, number: ++this.#begunCount });
      this.#since = Math.min(this.#since, since);
      if (this.#begun.length === 1) setTimeout(() => void this.#settleWhenDrawn());
      return undefined;
    });
  }

  /** @param verdictOf Undefined where it is not known yet. */
  #draw(name: string, kind: Kind, verdictOf: (outcome: ReturnType<Test>) => Verdict | undefined): boolean {
    kind.reads = this.#reads;
    this.#waiting.delete(name);
    const verdict = this.#attempt(kind, () => verdictOf(this.surroundings.run(kind.test)));
    return verdict === undefined || this.#judge(name, kind, verdict);
  }

  #read({ name, kind, read }: Begun): boolean {
    try {
      return this.#judge(name, kind, this.#attempt(kind, read));
    } catch {
      return true; // the GPU is lost or has no memory: whoever reads a result is told
    }
  }

  #judge(name: string, kind: Kind, verdict: (Verdict & { readonly reason?: string }) | undefined): boolean {
    if (verdict === undefined) return true;
    kind.tests++;
    kind.due = Math.max(kind.tests + 1, kind.uses + 1);
    kind.difference = Math.max(kind.difference, verdict.difference);
    if (verdict.passed) return true;
    const apart = `its results differ from plain loops by ${verdict.difference.toPrecision(2)} of the largest`;
    const { reason = apart } = verdict;
    kind.reason = reason;
    const earlier = kind.tests > 1 ? '; it was right before, results since its last test may be wrong' : '';
    console.warn(`convnet: ${name} gives wrong results on this GPU and is not used any more (${reason}${earlier})`);
    return false;
  }

  /** Undefined if nothing is known of the kind yet. What a test throws is the fault of its kind. */
  #attempt<T extends Verdict | undefined>(
    kind: Kind,
    work: () => T,
  ): T | (Verdict & { readonly reason: string }) | undefined {
    const start = performance.now();
    this.#isTesting = true;
    try {
      return work();
    } catch (error) {
      kind.due = kind.uses + 1;
      // A GPU that is lost or has no memory says nothing of the kind. One that does not compile it does.
      if (error instanceof TextureFailure || error instanceof ContextLostError) throw error;
      if (!(error instanceof Untestable)) return { passed: false, difference: 0, reason: (error as Error).message };
      kind.untested = error.message;
      kind.due = Number.POSITIVE_INFINITY;
      return undefined;
    } finally {
      this.#isTesting = false;
      kind.ms += performance.now() - start;
    }
  }

  /** Where no result is read, tests are read as soon as that waits for nothing. */
  async #settleWhenDrawn(): Promise<void> {
    try {
      while (this.#begun.length > 0 && !this.#isStopped) {
        const count = this.#begunCount;
        await this.surroundings.whenDrawn();
        this.settle(count);
      }
    } catch {
      // the context is lost: nothing can be tested
    }
  }

  #testWaiting(name: string): void {
    this.#waiting.delete(name);
    const kind = this.#kinds.get(name) as Kind;
    const { due } = kind;
    if (kind.reason === undefined) this.#test(name, kind);
    kind.due = Math.max(kind.due, due);
  }

  /** Whether a test runs now. */
  get isTesting(): boolean {
    return this.#isTesting;
  }

  /** One test in each piece of idle time. */
  #testWhenIdle(): void {
    const work = () => {
      const [name] = this.#waiting;
      if (name === undefined || this.#isStopped) return;
      if (this.#begun.length > 0) return void setTimeout(work, IDLE_AFTER); // the GPU computes
      try {
        if (!this.isPostponed) this.#testWaiting(name);
      } catch {
        // the GPU is lost or has no memory: whoever uses it next is told
      }
      if (this.#waiting.size > 0) this.#testWhenIdle();
    };
    if (typeof requestIdleCallback === 'function') requestIdleCallback(work);
    else setTimeout(work, IDLE_AFTER);
  }
}

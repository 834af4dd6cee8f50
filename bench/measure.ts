// How everything here is timed. Machines drift (clock rate, other programs), so contestants take turns in one process, and a
// ratio is taken within a round, never across: ratio = median over rounds of peer[round] / ours[round].

export interface Task {
  /** Makes this contestant the current one; not timed. */
  enter(): Promise<void>;
  /** Ends when the result is there; where there is a `finish`, when it is queued. */
  run(): void | Promise<void>;
  /** Ends when the device has done all that was queued. The results stay there, as they do between two layers of a network. */
  finish?(): void;
  /** Runs and gives the whole result. */
  read(): Promise<Float32Array>;
  /** Drops operands; the contestant must be the current one. */
  dispose(): void;
}

export interface Entry {
  readonly name: string;
  readonly task: Task;
  /** How long its first run took, the one whose result was checked. */
  readonly firstMs: number;
}

export interface Budget {
  readonly minRounds: number;
  readonly maxRounds: number;
  /** No round begins after this, once there are minRounds. */
  readonly ms: number;
}

export interface Timing {
  readonly name: string;
  /** Median of the rounds. */
  readonly ms: number;
  /** Its time over the first entry's: above 1 where the first is faster. */
  readonly ratio: number;
  /** Milliseconds of each round. */
  readonly rounds: readonly number[];
}

/** The first entry is ours, the others are its peers. */
export async function timeInTurns(entries: readonly Entry[], budget: Budget): Promise<Timing[]> {
  const repeats = await repeatsOf(entries);
  const samples: number[][] = entries.map(() => []);
  const start = performance.now();
  for (let round = 0; round < budget.maxRounds; round++) {
    if (round >= budget.minRounds && performance.now() - start > budget.ms) break;
    for (const [i, { task }] of entries.entries()) {
      await task.enter();
      samples[i].push(await timeOnce(task, repeats[i]));
    }
  }
  return entries.map(({ name }, i) => ({
    name,
    ms: median(samples[i]),
    ratio: median(samples[i].map((ms, round) => ms / samples[0][round])),
    rounds: samples[i],
  }));
}

/** Their time over ours, pair by pair, of two entries that took turns. */
export function ratioOf(theirs: Timing, ours: Timing): number {
  const count = Math.min(theirs.rounds.length, ours.rounds.length);
  if (count < Math.max(theirs.rounds.length, ours.rounds.length)) return theirs.ms / ours.ms; // one of them ran only once
  return median(theirs.rounds.map((ms, round) => ms / ours.rounds[round]));
}

const SAMPLE_MS = 5; // a page's clock ticks every 0.1 ms, so a sample is good to 2 %
const WARM_UP_MS = 50; // time for the JavaScript engine to compile what is hot
const QUEUE_MS = 20; // to end a queue takes 0.2 to 0.5 ms
const LONGEST_QUEUE_MS = 400;
const LONGEST_QUEUE = 256;

/** How many runs make a sample of each. Queues are of one length: what a run costs JavaScript hides behind the run before it. */
async function repeatsOf(entries: readonly Entry[]): Promise<readonly number[]> {
  const isQueue = entries.some(({ task }) => task.finish);
  const runMs: number[] = [];
  for (const entry of entries) runMs.push(await (isQueue ? warmUpQueue(entry) : warmUp(entry)));
  if (!isQueue) return runMs.map((ms) => Math.ceil(SAMPLE_MS / Math.max(ms, SAMPLE_MS / 1000)));
  const wanted = Math.ceil(QUEUE_MS / Math.min(...runMs));
  const most = Math.floor(LONGEST_QUEUE_MS / Math.max(...runMs));
  return runMs.map(() => Math.max(1, Math.min(wanted, most, LONGEST_QUEUE)));
}

/** Gives the shortest time of one run. */
async function warmUp({ task, firstMs }: Entry): Promise<number> {
  if (firstMs > 10 * WARM_UP_MS) return firstMs; // so long a run has warmed up by itself
  await task.enter();
  const start = performance.now();
  let ms = Number.POSITIVE_INFINITY;
  do ms = Math.min(ms, await timeOnce(task, 1));
  while (performance.now() - start < WARM_UP_MS);
  return ms;
}

/** Lets the queue grow until its end does not matter. The first run tells nothing: it may have compiled for a second. */
async function warmUpQueue({ task }: Entry): Promise<number> {
  await task.enter();
  let ms = 0;
  for (let repeats = 1; repeats <= LONGEST_QUEUE; repeats *= 4) {
    ms = await timeOnce(task, repeats);
    if (ms * repeats >= QUEUE_MS) break;
  }
  return ms;
}

/** Milliseconds of one run. */
async function timeOnce(task: Task, repeats: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await task.run();
  task.finish?.();
  return (performance.now() - start) / repeats;
}

/** Throws unless every value is within `tolerance` times the largest expected one; nothing is timed before. */
export function checkResult(name: string, actual: Float32Array, expected: Float32Array, tolerance = 1e-4): void {
  if (actual.length !== expected.length) {
    throw new Error(`${name}: the result must have ${expected.length} values; received length=${actual.length}`);
  }
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  for (let i = 0; i < actual.length; i++) {
    const isClose = Math.abs(actual[i] - expected[i]) <= tolerance * largest; // false for NaN
    if (!isClose) throw new Error(`${name}: value ${i} must be ${expected[i]}; received ${actual[i]}`);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

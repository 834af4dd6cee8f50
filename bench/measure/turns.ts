// How everything here is timed. Machines drift (clock rate, other programs), so contestants take turns in one process,
// and a ratio is taken within a round, never across: ratio = median over rounds of theirs[round] / ours[round].

export interface Task {
  /** Makes this contestant the current one; not timed. */
  enter(): Promise<void>;
  /** Ends when the result is there; where there is a `finish`, when it is queued. */
  run(): void | Promise<void>;
  /** Ends when the device has done all that was queued. Results stay there, as between two layers of a network. */
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

/** No round begins after `ms`, once there are minRounds. */
export type Budget = readonly [minRounds: number, maxRounds: number, ms: number];

/** Milliseconds of each round. */
export type Samples = { readonly name: string; readonly rounds: readonly number[] };

export interface Timing {
  readonly name: string;
  /** Median of the rounds. */
  readonly ms: number;
  /** Its time over the first one's, which is ours: above 1 where ours is faster. */
  readonly ratio: number;
  /** Its time over ours with two threads, where that takes part too. */
  readonly ratio2?: number;
}

export async function timeInTurns(entries: readonly Entry[], [minRounds, maxRounds, ms]: Budget): Promise<Samples[]> {
  const repeats = await repeatsOf(entries);
  const samples = entries.map(({ name }) => ({ name, rounds: [] as number[] }));
  const start = performance.now();
  for (let round = 0; round < maxRounds; round++) {
    if (round >= minRounds && performance.now() - start > ms) break;
    for (const [i, { task }] of entries.entries()) {
      await task.enter();
      samples[i].rounds.push(await timeOnce(task, repeats[i]));
    }
  }
  return samples;
}

/** Ours first. */
export function timingsOf(samples: readonly Samples[]): Timing[] {
  const [ours] = samples;
  const two = samples.find(({ name }) => name === `${ours.name}@2`);
  return samples.map((theirs) => {
    const timing = { name: theirs.name, ms: median(theirs.rounds), ratio: ratioOf(theirs, ours) };
    return two && theirs !== two && theirs !== ours ? { ...timing, ratio2: ratioOf(theirs, two) } : timing;
  });
}

function ratioOf({ rounds: theirs }: Samples, { rounds: ours }: Samples): number {
  if (theirs.length !== ours.length) return median(theirs) / median(ours); // one of them ran only once
  return median(theirs.map((ms, round) => ms / ours[round]));
}

const SAMPLE_MS = 5; // a page's clock ticks every 0.1 ms, so a sample is good to 2 %
const WARM_UP_MS = 50; // time for the JavaScript engine to compile what is hot
const QUEUE_MS = 20; // to end a queue takes 0.2 to 0.5 ms
const LONGEST_QUEUE_MS = 400;
const LONGEST_QUEUE = 256;

/** Runs that make a sample. Queues are of one length: what a run costs JavaScript hides behind the run before it. */
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

/** Lets the queue grow until its end does not matter. The first run tells nothing: it may have compiled programs. */
async function warmUpQueue({ task }: Entry): Promise<number> {
  await task.enter();
  let ms = 0;
  for (let repeats = 1; repeats <= LONGEST_QUEUE && ms * (repeats / 4) < QUEUE_MS; repeats *= 4) {
    ms = await timeOnce(task, repeats);
  }
  return ms;
}

/** Milliseconds of one run. */
async function timeOnce(task: Task, repeats: number): Promise<number> {
  const start = clock();
  for (let i = 0; i < repeats; i++) await task.run();
  task.finish?.();
  return (clock() - start) / repeats;
}

/** Milliseconds. With BENCH_CLOCK=processor those of this process alone, for Node on a machine that others use. */
function clock(): number {
  if (typeof process === 'undefined' || process.env.BENCH_CLOCK !== 'processor') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

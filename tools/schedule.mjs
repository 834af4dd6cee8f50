// Shares the jobs of all stages out to two workers, the longest first, so that no core waits at the end of a stage or of
// the run. Nearly every job keeps one core busy: a test runner, or a browser whose GPU process and page take turns.

/**
 * @typedef {import('./tally.mjs').Counts} Counts
 *
 * @typedef {object} Job
 * @property {number} seconds about how long it takes on two cores; only the order hangs on it
 * @property {() => Promise<Counts>} run
 *
 * @typedef {object} Stage
 * @property {string} title
 * @property {readonly Job[]} jobs
 * @property {() => Promise<boolean>} [prepare] runs once, before the first of its jobs; `false` fails the stage
 *
 * @typedef {object} StageResult
 * @property {string} title
 * @property {Counts[]} counts those of the jobs that were run
 * @property {boolean} isPrepared
 * @property {number} seconds from the start of its first job to the end of its last one
 */

/**
 * Runs all jobs, `atOnce` at a time.
 * @param {readonly Stage[]} stages
 * @param {number} atOnce
 * @param {(title: string) => void} onStart told a stage's title before its first job
 * @returns {Promise<StageResult[]>} in the order of the stages
 */
export async function runStages(stages, atOnce, onStart = () => {}) {
  const states = stages.map((stage) => new StageState(stage));
  const queue = states
    .flatMap((state) => state.stage.jobs.map((job) => ({ state, job })))
    .sort((a, b) => b.job.seconds - a.job.seconds);
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await next.state.run(next.job, onStart);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return states.map((state) => state.result());
}

class StageState {
  /** @type {Counts[]} */
  #counts = [];
  /** @type {Promise<boolean> | undefined} */
  #prepared;
  #isPrepared = true;
  #startMs = 0;
  #endMs = 0;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
  }

  /** @param {Job} job @param {(title: string) => void} onStart */
  async run(job, onStart) {
    this.#prepared ??= this.#start(onStart);
    if (await this.#prepared) this.#counts.push(await job.run());
    this.#endMs = Date.now();
  }

  /** @param {(title: string) => void} onStart */
  async #start(onStart) {
    this.#startMs = Date.now();
    onStart(this.stage.title);
    this.#isPrepared = (await this.stage.prepare?.()) ?? true;
    return this.#isPrepared;
  }

  /** @returns {StageResult} */
  result() {
    const seconds = Math.round((this.#endMs - this.#startMs) / 1000);
    return { title: this.stage.title, counts: this.#counts, isPrepared: this.#isPrepared, seconds };
  }
}

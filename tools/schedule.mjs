// Shares the jobs of all stages out to workers, the longest first, so that no core waits at the end of a stage or of the
// run. A job keeps a core busy for two thirds of its time or less: test runners wait for processes and threads, and a
// browser's page and GPU process take turns.

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
 * @property {readonly string[]} [after] titles of stages that must have ended before; those that are not run are no hindrance
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
    .flatMap((state) => state.stage.jobs.map((job) => ({ state, job, seconds: job.seconds + secondsBehind(state) })))
    .sort((a, b) => b.seconds - a.seconds);

  /** @param {StageState} state What waits for a stage counts as part of its jobs. @returns {number} */
  function secondsBehind({ stage }) {
    const waiting = states.filter((other) => other.stage.after?.includes(stage.title));
    return Math.max(0, ...waiting.map((other) => secondsBehind(other) + other.longest));
  }

  /** @param {StageState} state */
  const isReady = ({ stage }) => states.every((other) => other.isOver || !stage.after?.includes(other.stage.title));

  /** Resolved and made anew whenever a job has ended. */
  let ended = deferred();
  const worker = async () => {
    while (queue.length > 0) {
      const next = queue.findIndex(({ state }) => isReady(state));
      if (next < 0) await ended.promise;
      else {
        const [{ state, job }] = queue.splice(next, 1);
        await state.run(job, onStart);
        ended.resolve();
        ended = deferred();
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return states.map((state) => state.result());
}

function deferred() {
  /** @type {() => void} */
  let resolve = () => {};
  /** @type {Promise<void>} */
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

class StageState {
  /** @type {Counts[]} */
  #counts = [];
  /** @type {Promise<boolean> | undefined} */
  #prepared;
  #isPrepared = true;
  #ended = 0;
  #startMs = 0;
  #endMs = 0;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
  }

  /** Seconds of its longest job. */
  get longest() {
    return Math.max(0, ...this.stage.jobs.map(({ seconds }) => seconds));
  }

  /** Whether all of its jobs have ended. */
  get isOver() {
    return this.#ended === this.stage.jobs.length;
  }

  /** @param {Job} job @param {(title: string) => void} onStart */
  async run(job, onStart) {
    this.#prepared ??= this.#start(onStart);
    if (await this.#prepared) this.#counts.push(await job.run());
    this.#endMs = Date.now();
    this.#ended++;
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

// npm run fuzz: random cases on every variant of the CPU engine, beside a float64 reference.
//
//   npm run fuzz                              two minutes from a random seed
//   npm run fuzz -- --runs=1000000            as many runs as this, without a limit of time
//   npm run fuzz -- --family=conv,pool --backend=convnet-cpu-plain --seconds=20 --seed=7
//   npm run fuzz -- --case=conv:123456        one case again, with its backtrace
//
// It prints the seed, and each fault with what reproduces it. The exit code is 1 if there was one. Ctrl+C ends it with the
// counts so far.

import * as tf from '@tensorflow/tfjs';
import { families } from './families/index.js';
import { drawAgain, fuzz, runOne } from './fuzz.js';
import { nodeBackends } from './nodeBackends.js';
import { chosen, readOptions } from './options.js';

const options = readOptions();
const backends = chosen(options.backend, nodeBackends());
if (options.case) await runAgain(options.case);
else await run();

async function run(): Promise<void> {
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
  const seconds = Number(options.seconds ?? (options.runs ? Number.POSITIVE_INFINITY : 120));
  console.log(`fuzz: seed ${seed} on ${backends.join(', ')}`);
  const startMs = Date.now();
  let isStopped = false;
  process.once('SIGINT', () => {
    isStopped = true;
  });
  const names = chosen(
    options.family,
    families.map(({ name }) => name),
  );
  const { runs, faults, runsOf } = await fuzz({
    families: families.filter(({ name }) => names.includes(name)),
    backends,
    seed,
    runs: Number(options.runs ?? Number.POSITIVE_INFINITY),
    isOver: () => isStopped || Date.now() >= startMs + 1000 * seconds,
    mostFaults: Number(options.faults ?? 20),
    onFault: ({ backends, id, title, message }) => {
      console.error(`FAULT: ${title}\n  ${message}\n  on ${backends.join(', ')}\n  npm run fuzz -- --case=${id}`);
    },
  });
  const counts = Object.entries(runsOf).map(([family, count]) => `${family} ${count}`);
  console.log(
    `${runs} runs (${counts.join(', ')}) in ${Math.round((Date.now() - startMs) / 1000)} s, ${faults} faults`,
  );
  process.exitCode = faults > 0 ? 1 : 0;
}

async function runAgain(id: string): Promise<void> {
  const problem = drawAgain(id, families);
  console.log(problem.title);
  for (const backend of backends) {
    await tf.setBackend(backend);
    const message = runOne(problem);
    if (message) process.exitCode = 1;
    console.log(`${backend}: ${message ?? 'right'}`);
  }
}

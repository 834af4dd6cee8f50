// npm run fuzz: random cases on every variant of the CPU engine, beside a float64 reference.
//
//   npm run fuzz                              two minutes from a random seed
//   npm run fuzz -- --runs=1000000            as many runs as this, without a limit of time
//   npm run fuzz -- --family=conv,pool --backend=convnet-cpu-plain --seconds=20 --seed=7
//   npm run fuzz -- --case=conv:123456        one case again, with its backtrace
//
// It prints the seed, and each fault with what reproduces it. The exit code is 1 if there was one.

import * as tf from '@tensorflow/tfjs';
import { families } from './families/index.js';
import { drawProblem, fuzz, runOne } from './fuzz.js';
import { nodeBackends } from './nodeBackends.js';

const options = Object.fromEntries(
  process.argv.slice(2).map((arg) => {
    const [, name, value] = /^--([a-z]+)=(.+)$/.exec(arg) ?? [];
    if (!name || !['seconds', 'runs', 'seed', 'family', 'backend', 'case', 'faults'].includes(name)) {
      throw new Error(`fuzz: unknown option; received ${arg}`);
    }
    return [name, value];
  }),
);

const backends = chosen(options.backend, nodeBackends(), (name) => name);
if (options.case) await runAgain(options.case);
else await run();

function chosen<T>(list: string | undefined, all: readonly T[], nameOf: (one: T) => string): readonly T[] {
  if (!list) return all;
  return list.split(',').map((name) => {
    const found = all.find((one) => nameOf(one) === name);
    if (found === undefined) throw new Error(`fuzz: unknown name; received ${name}, known are ${all.map(nameOf)}`);
    return found;
  });
}

async function run(): Promise<void> {
  const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
  const seconds = Number(options.seconds ?? (options.runs ? Number.POSITIVE_INFINITY : 120));
  console.log(`fuzz: seed ${seed} on ${backends.join(', ')}`);
  const startMs = Date.now();
  const { runs, faults, runsOf } = await fuzz({
    families: chosen(options.family, families, ({ name }) => name),
    backends,
    seed,
    runs: Number(options.runs ?? Number.POSITIVE_INFINITY),
    endMs: startMs + 1000 * seconds,
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
  const [name, seed] = id.split(':');
  const [family] = chosen(name, families, (one) => one.name);
  const { problem } = drawProblem(family, Number(seed));
  console.log(problem.title);
  for (const backend of backends) {
    await tf.setBackend(backend);
    const message = runOne(problem);
    if (message) process.exitCode = 1;
    console.log(`${backend}: ${message ?? 'right'}`);
  }
}

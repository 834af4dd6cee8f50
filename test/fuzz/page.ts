// The page of `npm run fuzz -- --browser`: it runs cases when it is asked to.

import * as tf from '@tensorflow/tfjs';
import { families } from './families/index.js';
import { drawProblem, type Fault, fuzz, runOne } from './fuzz.js';
import { pageBackends, registerPageBackends, slackOf } from './pageBackends.js';

export interface PageRequest {
  readonly families: readonly string[];
  readonly backend: string;
  readonly seed: number;
  readonly runs: number;
  readonly seconds: number;
  readonly mostFaults: number;
}

async function run({ families: names, backend, seed, runs, seconds, mostFaults }: PageRequest) {
  const faults: Fault[] = [];
  const report = await fuzz({
    families: families.filter(({ name }) => names.includes(name)),
    backends: [backend],
    ...{ seed, runs, mostFaults, endMs: Date.now() + 1000 * seconds, slack: slackOf(backend) },
    onFault: (fault) => void faults.push(fault),
  });
  return { report, faults };
}

/** What is wrong with a case, or undefined. */
async function runAgain(name: string, seed: number, backend: string): Promise<string | undefined> {
  const family = families.find((one) => one.name === name);
  if (!family) throw new Error(`fuzz: unknown family; received ${name}`);
  await tf.setBackend(backend);
  return runOne(drawProblem(family, seed).problem, slackOf(backend));
}

await registerPageBackends();
const api = { run, runAgain, backends: [...pageBackends], families: families.map(({ name }) => name) };

declare global {
  var fuzzPage: typeof api;
}
globalThis.fuzzPage = api;

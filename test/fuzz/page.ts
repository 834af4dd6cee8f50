// The page of `npm run fuzz:webgl`: it runs cases when it is asked to.

import * as tf from '@tensorflow/tfjs';
import type { WebglBackend } from '../../src/engines/webgl/backend.js';
import { families } from './families/index.js';
import { drawAgain, type Fault, fuzz, runOne } from './fuzz.js';
import { pageBackends, registerPageBackends, slackOf } from './pageBackends.js';

export interface PageRequest {
  readonly families: readonly string[];
  readonly backend: string;
  readonly seed: number;
  readonly first: number;
  readonly inputs: number;
  readonly runs: number;
  readonly seconds: number;
  readonly mostFaults: number;
}

async function run({ families: names, backend, seconds, ...request }: PageRequest) {
  const endMs = Date.now() + 1000 * seconds;
  const faults: Fault[] = [];
  const report = await fuzz({
    families: families.filter(({ name }) => names.includes(name)),
    backends: [backend],
    ...{ ...request, isOver: () => Date.now() >= endMs, slack: slackOf(backend) },
    onFault: (fault) => void faults.push(fault),
  });
  return { report, faults };
}

/** What is wrong with a case, or undefined. */
async function runAgain(id: string, backend: string): Promise<string | undefined> {
  await tf.setBackend(backend);
  return runOne(drawAgain(id, families), slackOf(backend));
}

/** Switches a backend's self-test off, which would replace a program that is wrong. */
async function trust(backend: string): Promise<void> {
  await tf.setBackend(backend);
  Object.assign((tf.backend() as WebglBackend).selfTest, { check: () => true, trusts: () => true });
}

await registerPageBackends();
const api = { run, runAgain, trust, backends: [...pageBackends], families: families.map(({ name }) => name) };

declare global {
  var fuzzPage: typeof api;
}
globalThis.fuzzPage = api;

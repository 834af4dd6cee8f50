// The page of `npm run spoil`: it runs trials when it is asked to.

import * as tf from '@tensorflow/tfjs';
import type { WebglBackend } from '../../src/engines/webgl/backend.js';
import '../../src/index.js';
import { fetchNodeModule } from '../support/models/fetchNodeModule.js';
import type { Spoiling } from '../support/webgl/spoilProgram.js';
import { type Run, scenarios } from './scenarios.js';
import { type Prepared, prepare, runTrial } from './trial.js';

tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
await tf.setBackend('convnet-webgl');

let current: Prepared;
let firstRun: Run;

const api = {
  scenarios: scenarios.map(({ name }) => name),
  /** Makes a scenario the current one, and tells its programs. */
  async prepare(index: number) {
    current = await prepare(scenarios[index], fetchNodeModule('/node_modules/'));
    return [...current.programs];
  },
  /** Loads a scenario whose first run is timed, with self-tests or without. */
  async load(index: number, isTested: boolean) {
    const { selfTest } = tf.backend() as WebglBackend;
    if (!isTested) Object.assign(selfTest, { check: () => true, trusts: () => true });
    firstRun = await scenarios[index].prepare(fetchNodeModule('/node_modules/'));
  },
  /** Milliseconds of the first run. */
  async firstMs() {
    const start = performance.now();
    await firstRun(() => false);
    return performance.now() - start;
  },
  /** Repeats the self-tests of what the first run has used. */
  testAgain(times: number) {
    for (let i = 0; i < times; i++) (tf.backend() as WebglBackend).selfTest.runAll();
  },
  run: (spoiling: Spoiling) => runTrial(current, spoiling),
};

declare global {
  var spoilPage: typeof api;
}
globalThis.spoilPage = api;

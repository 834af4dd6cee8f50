// The page of `npm run spoil`: it runs trials when it is asked to.

import * as tf from '@tensorflow/tfjs';
import type { WebglBackend } from '../../src/engines/webgl/backend.js';
import '../../src/index.js';
import { fetchNodeModule } from '../support/models/fetchNodeModule.js';
import type { Spoiling } from '../support/webgl/spoilProgram.js';
import { scenarios } from './scenarios.js';
import { type Prepared, prepare, runTrial } from './trial.js';

tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
await tf.setBackend('convnet-webgl');

let current: Prepared;

const api = {
  scenarios: scenarios.map(({ name }) => name),
  /** Makes a scenario the current one, and tells its programs. */
  async prepare(index: number) {
    current = await prepare(scenarios[index], fetchNodeModule('/node_modules/'));
    return [...current.programs];
  },
  /** Milliseconds of the first run of a scenario in this page, with self-tests or without. */
  async firstMs(index: number, isTested: boolean) {
    const { selfTest } = tf.backend() as WebglBackend;
    if (!isTested) Object.assign(selfTest, { check: () => true, trusts: () => true });
    const run = await scenarios[index].prepare(fetchNodeModule('/node_modules/'));
    const start = performance.now();
    await run(() => false);
    return performance.now() - start;
  },
  run: (spoiling: Spoiling) => runTrial(current, spoiling),
};

declare global {
  var spoilPage: typeof api;
}
globalThis.spoilPage = api;

// The stages of `npm test`: what they run, and about how long.

import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { binary, runNode } from './command.mjs';
import { dependsOnEngine } from './engineTests.mjs';
import { testFiles } from './order.mjs';
import { counts, failed, grep, hasRunNone, readResult } from './results.mjs';
import { otherNode, root } from './setup.mjs';
import { shardNames } from './shard.mjs';

/**
 * @typedef {import('./schedule.mjs').Job} Job
 *
 * @typedef {object} StageRow
 * @property {string} title
 * @property {boolean} [onlyWithAll] no test, so not part of plain `npm test`
 * @property {boolean} [onlyByName] run by --only alone
 * @property {readonly string[]} [after] names of the stages that it waits for, if they are run at all
 * @property {'chromium' | 'browser'} [needs] Chromium, or whichever browser was asked for
 * @property {string} [bundle] made before the jobs, see bundle.mjs
 * @property {readonly Job[]} jobs
 */

const NODE_24 = '24.21.0';
const REPORTER = ['--reporter', './tools/mochaReporter.mjs'];

/** @param {string} file below test/ */
const isNodeTest = (file) => !/\.(browser|e2e)\.test\.ts$/.test(file);
/** @param {string} file below test/ */
const isE2eTest = (file) => file.endsWith('.e2e.test.ts');
/** @param {string} file below test/ */
const isEngineTest = (file) => isNodeTest(file) && dependsOnEngine(file);

/** @type {Record<string, StageRow>} */
export const STAGES = {
  lint: {
    title: 'Lint',
    onlyWithAll: true,
    jobs: [
      check(20, () => binary('@biomejs/biome', 'biome'), ['check', '--error-on-warnings']),
      check(20, () => binary('typescript', 'tsc'), []),
      check(5, () => 'tools/checkHouse.mjs', []),
    ],
  },
  build: { title: 'Build', onlyWithAll: true, jobs: [check(30, () => 'tools/build.mjs', [])] },
  package: {
    title: 'Package',
    onlyWithAll: true,
    // It packs dist/, and rewrites README.md for as long as that takes.
    after: ['lint', 'build'],
    needs: 'chromium',
    jobs: [check(60, () => 'tools/checkPackage.mjs', [])],
  },
  node: { title: 'Tests in Node', after: ['package'], jobs: [mocha(500, 'node', isNodeTest)] },
  'node-24': {
    title: 'Tests of engines in Node 24',
    jobs: [mocha(250, 'node-24', isEngineTest, NODE_24, { TEST_BACKENDS: 'ours' })],
  },
  'conformance-node': {
    title: 'TensorFlow.js conformance in Node',
    bundle: 'conformance-node',
    jobs: [conformance(20, 'convnet-cpu'), conformance(20, 'cpu')],
  },
  browser: {
    title: 'Tests in the browser',
    needs: 'browser',
    bundle: 'browser-tests',
    jobs: shardNames.map((shard) => karma(300, 'mocha', shard)),
  },
  'conformance-browser': {
    title: 'TensorFlow.js conformance in the browser',
    needs: 'browser',
    bundle: 'conformance-browser',
    jobs: [karma(220, 'convnet-webgl'), karma(20, 'convnet-cpu'), karma(20, 'cpu')],
  },
  // The same 4381 specs on the same kernels as convnet-webgl above, under the official name: none is bound to that.
  'conformance-webgl': {
    title: 'TensorFlow.js conformance in the place of webgl',
    onlyByName: true,
    needs: 'browser',
    bundle: 'conformance-browser',
    jobs: [karma(220, 'webgl')],
  },
  fuzz: {
    title: 'Random cases',
    onlyWithAll: true,
    // The seed is fixed: a change must not fail for a fault that was there before. CONTRIBUTING.md has the long run.
    jobs: [
      check(63, () => binary('tsx'), ['test/fuzz/node.ts', '--seconds=60', '--seed=1']),
      // Two minutes in all. Node 24 also has the backends with vectors of 256 bits.
      check(63, () => binary('tsx'), ['test/fuzz/node.ts', '--seconds=60', '--seed=2'], NODE_24),
    ],
  },
  e2e: { title: 'Demo, end to end', after: ['package'], needs: 'chromium', jobs: [mocha(260, 'e2e', isE2eTest)] },
};

/**
 * A command that passes or fails as one test.
 * @param {number} seconds @param {() => string} script @param {string[]} args
 * @param {string} [version] of Node; default: this one
 * @returns {Job}
 */
function check(seconds, script, args, version) {
  const run = async () => {
    const exitCode = await runNode(script(), args, {}, version && otherNode(version));
    return exitCode === 0 ? counts({ passed: 1 }) : failed(`${basename(script())} ${args.join(' ')}`.trim());
  };
  return { seconds, run };
}

/**
 * The files stand in the arguments and not in .mocharc.json, which adds its own to them: `npx mocha test/ops/ops.test.ts`
 * runs one file. That loads tsx/esm alone: with tsx's CommonJS hooks too, mocha would `require` the tests, and a test that
 * imports a module by itself would get a second instance of src/.
 * @param {number} seconds @param {string} name @param {(file: string) => boolean} isWanted
 * @param {string} [version] of Node; default: this one
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Job}
 */
function mocha(seconds, name, isWanted, version, env) {
  const run = () => {
    const node = version && otherNode(version);
    const args = [...REPORTER, ...testFiles(isWanted), ...(grep() ? ['--grep', grep()] : [])];
    return suite(`mocha-${name}`, binary('mocha'), args, env, node);
  };
  return { seconds, run };
}

/** @param {number} seconds @param {string} backendName @returns {Job} */
function conformance(seconds, backendName) {
  const run = () => suite(`node-${backendName}`, 'test/conformance/node.mjs', [backendName, grep()]);
  return { seconds, run };
}

/** @param {number} seconds @param {string} suiteName @param {string} [shard] of the mocha tests @returns {Job} */
function karma(seconds, suiteName, shard = '') {
  const env = { TEST_SUITE: suiteName, TEST_SHARD: shard };
  const name = ['karma', suiteName, shard].filter(Boolean).join('-');
  return { seconds, run: () => suite(name, binary('karma'), ['start', 'karma.conf.js'], env) };
}

/**
 * Runs a test runner and reads the totals that its reporter leaves (see tally.mjs).
 * @param {string} name @param {string} script @param {string[]} args @param {NodeJS.ProcessEnv} env
 * @param {string} [node] which Node; default: this one
 */
async function suite(name, script, args, env = {}, node) {
  const file = join(root, '.build', 'results', `${name}.json`);
  rmSync(file, { force: true });
  // Without this the developer's own keras.json would choose the data format of every layer.
  const all = { KERAS_HOME: join(root, '.build', 'keras'), ...env, TEST_RESULT: file };
  const exitCode = await runNode(script, args, all, node);
  const total = readResult(name, file, exitCode);
  // A shard of the browser tests may have none of the tests that were asked for.
  if (!grep() && hasRunNone(total)) return failed(`${name} ran no test`, total);
  return total;
}

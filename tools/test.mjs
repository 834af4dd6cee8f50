// npm test: sets the checkout up and runs the stages of the table below, in order, whatever fails on the way.
//   npm test -- --only=node,browser   these stages only
//   npm test -- --grep=groupConv2d    tests whose name holds this (mocha and conformance stages)
//   npm test -- --slowest             with the suites that took longest, by stage
//   npm test -- --all                 with lint, build and package checks, as .ci/run does
//   npm test -- --browser=firefox     the stages in a browser in Firefox (which needs a display: xvfb-run -a npm test ...)
//   npm test -- --angle=vulkan        in Chromium on another WebGL than SwiftShader's: vulkan, gl, gl-egl, metal, d3d11
// The last line is `N passed, N failed`; a stage that ends early or runs no test is a failure.

import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { binary, runNode } from './command.mjs';
import { checkNode, findChromium, installDependencies, otherNode, root, runMain, SetupError } from './setup.mjs';

/**
 * @typedef {import('./tally.mjs').Counts} Counts
 * @typedef {() => Promise<Counts>} Job
 *
 * @typedef {object} Stage
 * @property {string} title
 * @property {boolean} [onlyWithAll] no test, so not part of plain `npm test`
 * @property {boolean} [onlyByName] run by --only alone
 * @property {'chromium' | 'browser'} [needs] Chromium, or whichever browser was asked for
 * @property {string} [bundle] made before the jobs, see bundle.mjs
 * @property {boolean} [leavesCoreIdle] so it runs at the same time as a neighbour that does so, too
 * @property {Job[]} jobs two at a time, where a job leaves a core idle
 */

// .mocharc.json loads tsx/esm alone: with tsx's CommonJS hooks too, mocha would `require` the tests, and a test that imports
// a module by itself would get a second instance of src/.
// The files stand here and not in .mocharc.json, to which arguments are added: `npx mocha test/ops/ops.test.ts` runs one file.
const REPORTER = ['--reporter', './tools/mochaReporter.mjs'];
const NODE_TESTS = [
  ...REPORTER,
  ...['test/**/*.test.ts', '--ignore', 'test/**/*.browser.test.ts', '--ignore', 'test/e2e/**'],
];
const E2E_TESTS = [...REPORTER, 'test/e2e/**/*.e2e.test.ts'];

/** @type {Record<string, Stage>} */
const STAGES = {
  lint: {
    title: 'Lint',
    onlyWithAll: true,
    jobs: [
      check(() => binary('@biomejs/biome', 'biome'), ['check', '--error-on-warnings']),
      check(() => binary('typescript', 'tsc'), []),
      check(() => 'tools/checkHouse.mjs', []),
    ],
  },
  build: { title: 'Build', onlyWithAll: true, jobs: [check(() => 'tools/build.mjs', [])] },
  package: {
    title: 'Package',
    onlyWithAll: true,
    needs: 'chromium',
    jobs: [check(() => 'tools/checkPackage.mjs', [])],
  },
  node: { title: 'Tests in Node', leavesCoreIdle: true, jobs: [mocha('node', NODE_TESTS)] },
  'node-24': { title: 'Tests in Node 24', leavesCoreIdle: true, jobs: [mocha('node-24', NODE_TESTS, '24.21.0')] },
  'conformance-node': {
    title: 'TensorFlow.js conformance in Node',
    leavesCoreIdle: true,
    bundle: 'conformance-node',
    jobs: [conformance('convnet-cpu'), conformance('cpu')],
  },
  browser: {
    title: 'Tests in the browser',
    needs: 'browser',
    bundle: 'browser-tests',
    jobs: [karma('mocha', '0/2'), karma('mocha', '1/2')],
  },
  'conformance-browser': {
    title: 'TensorFlow.js conformance in the browser',
    needs: 'browser',
    leavesCoreIdle: true, // but for the half minute of the two on the CPU
    bundle: 'conformance-browser',
    jobs: [karma('convnet-webgl'), karma('convnet-cpu'), karma('cpu')],
  },
  // The same 4381 specs on the same kernels as convnet-webgl above, under the official name: none is bound to that.
  'conformance-webgl': {
    title: 'TensorFlow.js conformance in the place of webgl',
    onlyByName: true,
    needs: 'browser',
    bundle: 'conformance-browser',
    jobs: [karma('webgl')],
  },
  fuzz: {
    title: 'Random cases',
    onlyWithAll: true,
    leavesCoreIdle: true,
    // The seed is fixed: a change must not fail for a fault that was there before. CONTRIBUTING.md has the long run.
    jobs: [check(() => binary('tsx'), ['test/fuzz/node.ts', '--seconds=120', '--seed=1'])],
  },
  e2e: { title: 'Demo, end to end', needs: 'chromium', leavesCoreIdle: true, jobs: [mocha('e2e', E2E_TESTS)] },
};

/** What has failed, a line each: they are printed again at the end, where a long log is read first. @type {string[]} */
const failures = [];

/** What the outermost suites took, by runner. @type {Map<string, Readonly<Record<string, number>>>} */
const spent = new Map();

/** Notes a failure that no test tells of. @param {string} what @param {Partial<Counts>} [others] @returns {Counts} */
function failed(what, others = {}) {
  console.error(what);
  failures.push(what);
  return counts({ ...others, failed: 1 });
}

/** A command that passes or fails as one test. @param {() => string} script @param {string[]} args @returns {Job} */
function check(script, args) {
  return async () => {
    const exitCode = await runNode(script(), args);
    return exitCode === 0 ? counts({ passed: 1 }) : failed(`${basename(script())} ${args.join(' ')}`.trim());
  };
}

/** @param {string} name @param {string[]} args @param {string} [version] of Node; default: this one @returns {Job} */
function mocha(name, args, version) {
  return () => {
    const node = version && otherNode(version);
    return suite(`mocha-${name}`, binary('mocha'), [...args, ...(grep() ? ['--grep', grep()] : [])], {}, node);
  };
}

/** @param {string} backendName @returns {Job} */
function conformance(backendName) {
  return () => suite(`node-${backendName}`, 'test/conformance/node.mjs', [backendName, grep()]);
}

/** @param {string} suiteName @param {string} shard which part of the mocha tests: index/count @returns {Job} */
function karma(suiteName, shard = '0/1') {
  const env = { TEST_SUITE: suiteName, TEST_SHARD: shard };
  return () =>
    suite(`karma-${suiteName}-${shard.replace('/', 'of')}`, binary('karma'), ['start', 'karma.conf.js'], env);
}

/** Given by --browser; in the environment, where karma.conf.js reads it. */
function isFirefox() {
  return process.env.TEST_BROWSER === 'firefox';
}

/** It leaves a core idle, unlike Mesa's renderer: two browsers on that run at a tenth of the speed of one. */
function isSwiftShader() {
  return !isFirefox() && (process.env.TEST_ANGLE ?? 'swiftshader') === 'swiftshader';
}

/** Given by --grep, or '' for all tests; in the environment, where karma.conf.js reads it. */
function grep() {
  return process.env.TEST_GREP ?? '';
}

/**
 * Runs a test runner and reads the totals that its reporter leaves (see tally.mjs).
 * @param {string} name @param {string} script @param {string[]} args @param {NodeJS.ProcessEnv} env
 * @param {string} [node] which Node; default: this one
 * @returns {Promise<Counts>}
 */
async function suite(name, script, args, env = {}, node) {
  const file = join(root, '.build', 'results', `${name}.json`);
  rmSync(file, { force: true });
  // Without this the developer's own keras.json would choose the data format of every layer.
  const all = { KERAS_HOME: join(root, '.build', 'keras'), ...env, TEST_RESULT: file };
  const exitCode = await runNode(script, args, all, node);
  /** @type {import('./tally.mjs').Result | null} */
  const result = readJson(file);
  if (!result) return failed(`${name} did not finish (exit code ${exitCode})`);
  failures.push(...result.failures.map((failure) => `${name}: ${failure}`));
  spent.set(name, result.ms);
  const total = result.counts;
  if (!grep() && hasRunNone(total)) return failed(`${name} ran no test`, total);
  // Karma's exit code counts the known failures too; elsewhere it may tell of an error outside of any test.
  const isClean = exitCode === 0 || total.failed + total.known > 0;
  return isClean ? total : failed(`${name} ended with exit code ${exitCode}`, total);
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** @param {Partial<Counts>} some @returns {Counts} */
function counts(some) {
  return { passed: 0, failed: 0, skipped: 0, known: 0, ...some };
}

/** @param {Counts} result */
function hasRunNone({ passed, failed, known }) {
  return passed + failed + known === 0;
}

/** @param {Counts[]} all */
function sum(all) {
  const total = counts({});
  for (const one of all) {
    for (const key of /** @type {(keyof Counts)[]} */ (Object.keys(total))) total[key] += one[key];
  }
  return total;
}

/** @template T @param {readonly (() => Promise<T>)[]} jobs @param {number} atOnce @returns {Promise<T[]>} in their order */
async function runJobs(jobs, atOnce) {
  const queue = [...jobs.entries()];
  /** @type {T[]} */
  const results = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** @param {Stage} stage */
async function runStage({ title, bundle, needs, jobs }) {
  console.log(`\n=== ${title} ===`);
  const startMs = Date.now();
  const isBundled = !bundle || (await runNode('tools/bundle.mjs', [bundle])) === 0;
  const atOnce = needs === 'browser' && !isSwiftShader() ? 1 : 2;
  let total = isBundled ? sum(await runJobs(jobs, atOnce)) : failed(`${title}: ${bundle} could not be bundled`);
  if (hasRunNone(total)) total = failed(`${title}: no test was run`, total);
  return { title, ...total, seconds: Math.round((Date.now() - startMs) / 1000) };
}

/** Neighbours that leave a core idle, which run two at a time, and single stages. @param {Stage[]} stages @returns {Stage[][]} */
function groupsOf(stages) {
  /** @type {Stage[][]} */
  const groups = [];
  for (const stage of stages) {
    const last = groups.at(-1);
    if (last?.[0].leavesCoreIdle && stage.leavesCoreIdle) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

/** @param {Stage} stage @param {boolean} all */
function isDefault({ onlyWithAll, onlyByName }, all) {
  return !onlyByName && (all || !onlyWithAll);
}

/** @param {Awaited<ReturnType<typeof runStage>>[]} rows */
function printTable(rows) {
  const width = Math.max(...rows.map(({ title }) => title.length));
  /** @param {string} title @param {(number | string)[]} cells */
  const line = (title, cells) => title.padEnd(width) + cells.map((cell) => `${cell}`.padStart(9)).join('');
  console.log(`\n${line('', ['passed', 'failed', 'skipped', 'known', 'seconds'])}`);
  for (const { title, passed, failed, skipped, known, seconds } of rows) {
    console.log(line(title, [passed, failed, skipped, known, seconds]));
  }
}

const SLOWEST = 30;

function printSlowest() {
  for (const [runner, ms] of spent) {
    const slowest = Object.entries(ms).sort(([, a], [, b]) => b - a);
    console.log(`\n--- ${runner}: seconds by suite`);
    for (const [suite, all] of slowest.slice(0, SLOWEST))
      console.log(`${(all / 1000).toFixed(1).padStart(8)}  ${suite}`);
  }
}

const KNOWN_OPTIONS = 'known are --only=, --grep=, --browser=firefox or chromium, --angle=, --slowest and --all';

/** @param {string[]} args */
function parseOptions(args) {
  /** @type {{ only?: string[], grep?: string, browser?: string, angle?: string, slowest: boolean, all: boolean }} */
  const parsed = { slowest: false, all: false };
  for (const arg of args) {
    const [, name, value] = /^--(only|grep|browser|angle|slowest|all)(?:=(.+))?$/.exec(arg) ?? [];
    if (name === 'all' || name === 'slowest') parsed[name] = true;
    else if ((name === 'grep' || name === 'angle') && value) parsed[name] = value;
    else if (name === 'browser' && (value === 'firefox' || value === 'chromium')) parsed.browser = value;
    else if (name === 'only' && value) parsed.only = value.split(',');
    else throw new SetupError(`npm test: unknown option; received ${arg}, ${KNOWN_OPTIONS}`);
  }
  for (const name of parsed.only ?? []) {
    if (STAGES[name]) continue;
    throw new SetupError(`npm test: unknown stage; received ${name}, known are ${Object.keys(STAGES).join(', ')}`);
  }
  return parsed;
}

await runMain(async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options.grep) process.env.TEST_GREP = options.grep;
  if (options.browser) process.env.TEST_BROWSER = options.browser;
  if (options.angle) process.env.TEST_ANGLE = options.angle;
  checkNode();
  const names = options.only ?? Object.keys(STAGES).filter((name) => isDefault(STAGES[name], options.all));
  const chosen = names.map((name) => STAGES[name]);
  installDependencies();
  const needsChromium = chosen.some(({ needs }) => needs === 'chromium' || (needs === 'browser' && !isFirefox()));
  if (needsChromium) process.env.CHROME_BIN = findChromium();

  const rows = [];
  for (const group of groupsOf(chosen)) {
    const jobs = group.map((stage) => () => runStage(stage));
    rows.push(...(await runJobs(jobs, 2)));
  }
  printTable(rows);
  if (options.slowest) printSlowest();
  const total = sum(rows);
  if (failures.length > 0) console.log(`\n${failures.map((failure) => `FAILED ${failure}`).join('\n')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});

// npm test: sets the checkout up and runs the stages of stages.mjs, three jobs at a time, whatever fails on the way.
//   npm test -- --only=node,browser   these stages only
//   npm test -- --grep=groupConv2d    tests whose name holds this (mocha and conformance stages)
//   npm test -- --shuffle=7           test files in an order that the seed gives, see order.mjs
//   npm test -- --slowest             with the suites that took longest, by stage
//   npm test -- --all                 with lint, build and package checks, as .ci/run does
//   npm test -- --browser=firefox     the stages in a browser in Firefox (which needs a display: xvfb-run -a npm test ...)
//   npm test -- --angle=vulkan        in Chromium on another WebGL than SwiftShader's: vulkan, gl, gl-egl, metal, d3d11
// The last line is `N passed, N failed`; a stage that ends early or runs no test is a failure.

import { runNode } from './command.mjs';
import { failed, failures, hasRunNone, spent, sum } from './results.mjs';
import { runStages } from './schedule.mjs';
import { checkNode, findChromium, installDependencies, runMain, SetupError } from './setup.mjs';
import { STAGES } from './stages.mjs';

/** @typedef {import('./stages.mjs').StageRow} StageRow */

/** Given by --browser; in the environment, where karma.conf.js reads it. */
function isFirefox() {
  return process.env.TEST_BROWSER === 'firefox';
}

/** It leaves a core idle, unlike Mesa's renderer: two browsers on that run at a tenth of the speed of one. */
function isSwiftShader() {
  return !isFirefox() && (process.env.TEST_ANGLE ?? 'swiftshader') === 'swiftshader';
}

/** Jobs at a time on two cores and more, see schedule.mjs. */
const AT_ONCE = 3;

/** @param {StageRow[]} rows */
async function runRows(rows) {
  const isCrowded = rows.some(({ needs }) => needs === 'browser') && !isSwiftShader();
  const stages = rows.map(({ title, jobs, bundle, after = [] }) => ({
    title,
    jobs,
    after: after.map((name) => STAGES[name].title),
    prepare: bundle ? bundled(bundle) : undefined,
  }));
  const results = await runStages(stages, isCrowded ? 1 : AT_ONCE, (title) => console.log(`\n=== ${title} ===`));
  return results.map(({ title, counts: all, isPrepared, seconds }) => {
    let total = sum(all);
    if (!isPrepared) total = failed(`${title}: its tests could not be bundled`);
    else if (hasRunNone(total)) total = failed(`${title}: no test was run`, total);
    return { title, ...total, seconds };
  });
}

/** @param {string} bundle */
function bundled(bundle) {
  return async () => (await runNode('tools/bundle.mjs', [bundle])) === 0;
}

/** @param {StageRow} stage @param {boolean} all */
function isDefault({ onlyWithAll, onlyByName }, all) {
  return !onlyByName && (all || !onlyWithAll);
}

/** @param {Awaited<ReturnType<typeof runRows>>} rows */
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

const KNOWN_OPTIONS =
  'known are --only=, --grep=, --browser=firefox or chromium, --angle=, --shuffle=, --slowest and --all';

/** @param {string[]} args */
function parseOptions(args) {
  /** @type {{ only?: string[], grep?: string, browser?: string, angle?: string, shuffle?: string, slowest: boolean, all: boolean }} */
  const parsed = { slowest: false, all: false };
  for (const arg of args) {
    const [, name, value] = /^--(only|grep|browser|angle|shuffle|slowest|all)(?:=(.+))?$/.exec(arg) ?? [];
    if (name === 'all' || name === 'slowest') parsed[name] = true;
    else if ((name === 'grep' || name === 'angle' || name === 'shuffle') && value) parsed[name] = value;
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
  if (options.shuffle) process.env.TEST_SHUFFLE = options.shuffle;
  checkNode();
  const names = options.only ?? Object.keys(STAGES).filter((name) => isDefault(STAGES[name], options.all));
  const chosen = names.map((name) => STAGES[name]);
  installDependencies();
  const needsChromium = chosen.some(({ needs }) => needs === 'chromium' || (needs === 'browser' && !isFirefox()));
  if (needsChromium) process.env.CHROME_BIN = findChromium();

  const rows = await runRows(chosen);
  printTable(rows);
  if (options.slowest) printSlowest();
  const total = sum(rows);
  if (failures.length > 0) console.log(`\n${failures.map((failure) => `FAILED ${failure}`).join('\n')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});

// npm run spoil: every program of the WebGL2 engine is wrong once, in headless Chromium, while networks predict and
// train. A device with such a program must not give a wrong result without a word.
//
//   npm run spoil                                   the first and the last render target of each program
//   npm run spoil -- --targets=all                  every render target
//   npm run spoil -- --last=8                       the last eight programs of each scenario
//   npm run spoil -- --scenario=ESRGAN --program=winograd --verbose
//   npm run spoil -- --cost --pages=9               what the self-tests add to a first run, in so many pages of each kind

import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { median } from '../../bench/measure/turns.js';
import { processorTimeOfChildren } from '../../tools/childProcesses.js';
import { openPage, servePage } from '../../tools/chromiumPage.js';
import type { Outcome } from './trial.js';

const { values: options } = parseArgs({
  options: {
    targets: { type: 'string', default: 'ends' },
    scenario: { type: 'string', default: '' },
    program: { type: 'string', default: '' },
    last: { type: 'string', default: 'Infinity' },
    cost: { type: 'boolean', default: false },
    pages: { type: 'string', default: '5' },
    verbose: { type: 'boolean', default: false },
    angle: { type: 'string', default: 'swiftshader' },
  },
});

const server = await servePage({ script: 'test/spoil/page.ts', folders: ['node_modules'] });
// Without its caches on disk a browser compiles each program anew in each page, as in its first one.
const noCaches = ['--disable-gpu-shader-disk-cache', '--disable-gpu-program-cache'];
const { page, newPage, close } = await openPage(server, options.angle, noCaches);
/** How often self-tests are repeated to be timed. */
const AGAIN = 10;
const counts: Record<Outcome, number> = { right: 0, refused: 0, noticed: 0, silent: 0 };
try {
  const names = await page.evaluate(() => spoilPage.scenarios);
  const chosen = [...names.entries()].filter(([, name]) => name.includes(options.scenario));
  for (const [index, name] of chosen) {
    if (options.cost) await printCost(index, name);
    else await printTrials(index, name);
  }
} finally {
  await close();
  server.close();
}
const { right, refused, noticed, silent } = counts;
if (!options.cost)
  console.log(`\n${right} right, ${refused} refused and then right, ${noticed} noticed, ${silent} silently wrong`);
if (silent > 0) process.exitCode = 1;

async function printTrials(index: number, name: string): Promise<void> {
  const page = await newPage();
  const programs = await page.evaluate((i) => spoilPage.prepare(i), index);
  console.log(`\n${name}: ${programs.length} programs`);
  for (const [key, targets] of programs.slice(-Number(options.last))) {
    if (!key.includes(options.program)) continue;
    const ends = [...new Set([0, targets - 1])];
    const all = options.targets === 'all' ? Array.from({ length: targets }, (_, i) => i) : ends;
    const found: string[] = [];
    for (const from of [1, 3]) {
      for (const target of all) {
        const trial = await page.evaluate((spoiling) => spoilPage.run(spoiling), { key, target, from });
        counts[trial.outcome]++;
        if (options.verbose) console.log(`    target ${target}, from use ${from}: ${JSON.stringify(trial)}`);
        found.push(trial.outcome === 'silent' ? `SILENT (target ${target}, from use ${from})` : trial.outcome);
      }
    }
    console.log(`  ${key}: ${found.join(', ')}`);
  }
  await page.close();
}

interface Cost {
  readonly ms: number;
  /** Processor time of the whole browser; 0 where the system does not tell. */
  readonly processorMs: number;
}

/** The first run in pages of their own, in pairs with self-tests and without; the median of each, and of the pairs. */
async function printCost(index: number, name: string): Promise<void> {
  const costs: Record<'with' | 'without', Cost[]> = { with: [], without: [] };
  const again: number[] = [];
  for (let i = 0; i < Number(options.pages); i++) {
    for (const isTested of i % 2 === 0 ? [true, false] : [false, true]) {
      const page = await newPage();
      const request = [index, isTested] as const;
      await page.evaluate(([scenario, isTested]) => spoilPage.load(scenario, isTested), request);
      const start = processorTimeOfChildren();
      const ms = await page.evaluate(() => spoilPage.firstMs());
      costs[isTested ? 'with' : 'without'].push({ ms, processorMs: processorTimeOfChildren() - start });
      if (isTested) again.push(await costOfTests(page));
      await page.close();
    }
  }
  const perTest = Math.min(...again).toFixed(1);
  const of = (all: readonly Cost[]) => {
    const [ms, processorMs] = (['ms', 'processorMs'] as const).map((key) => all.map((cost) => cost[key]));
    // On a busy machine the least is the steadier figure.
    return `${Math.round(median(ms))} ms (processor ${Math.round(median(processorMs))}, least ${Math.min(...processorMs)} ms)`;
  };
  console.log(`${name}: first run ${of(costs.with)} with self-tests, ${of(costs.without)} without`);
  const ratioOf = (key: keyof Cost) => {
    return median(costs.with.map((cost, i) => cost[key] / costs.without[i][key])).toFixed(3);
  };
  console.log(`  median of the pairs: ${ratioOf('ms')} times as long, ${ratioOf('processorMs')} in processor time`);
  console.log(`  the same self-tests again, which compile nothing: processor ${perTest} ms at least`);
}

/** Processor time of all self-tests of a first run, when they are repeated. */
async function costOfTests(page: Page): Promise<number> {
  await page.evaluate((times) => spoilPage.testAgain(times), AGAIN);
  const start = processorTimeOfChildren();
  await page.evaluate((times) => spoilPage.testAgain(times), AGAIN);
  return (processorTimeOfChildren() - start) / AGAIN;
}

// What a lost context costs on convnet-webgl, in headless Chromium: `npx tsx bench/recovery.ts [--losses=5] [--pairs=5]
// [--every=2] [--networks=plain,separable] [--angle=swiftshader]`. It prints
//
//   - a real network's first prediction, a later one, and the first one after the browser has restored the context;
//   - what a copy of all trained variables (CONVNET_SNAPSHOT_STEPS) costs, in steps of the training: the median of
//     interleaved pairs. It is measured with more copies than anybody takes, since a few are lost in the noise.
//
// Each figure is given as time and, on Linux, as processor time of the whole browser. On a busy machine the second is the
// one to read: on a quiet one a software renderer takes less time than that, because it has threads.

import { parseArgs } from 'node:util';
import { processorTimeOfChildren } from '../tools/childProcesses.js';
import { openPage, servePage } from '../tools/chromiumPage.js';
import { median } from './measure/turns.js';

const { values: options } = parseArgs({
  options: {
    losses: { type: 'string', default: '5' },
    pairs: { type: 'string', default: '5' },
    every: { type: 'string', default: '2' },
    model: { type: 'string', default: 'nsfw-mobilenet-v2 224x224' },
    networks: { type: 'string', default: 'plain,separable' },
    angle: { type: 'string', default: 'swiftshader' },
  },
});

/** Copies in a turn. */
const COPIES = 5;

interface Times {
  readonly ms: number;
  readonly processorMs: number;
}

async function timed(work: () => Promise<void>): Promise<Times> {
  const [start, processorStart] = [performance.now(), processorTimeOfChildren()];
  await work();
  return { ms: performance.now() - start, processorMs: processorTimeOfChildren() - processorStart };
}

function medians(all: readonly Times[]): Times {
  return { ms: median(all.map(({ ms }) => ms)), processorMs: median(all.map(({ processorMs }) => processorMs)) };
}

const text = ({ ms, processorMs }: Times) => `${Math.round(ms)} ms (processor ${Math.round(processorMs)} ms)`;

const server = await servePage({ script: 'bench/run/recoveryPage.ts', folders: ['node_modules'] });
const { page, newPage, close } = await openPage(server, options.angle);
try {
  await page.evaluate((model) => recovery.load(model), options.model);
  const predict = () => timed(() => page.evaluate(() => recovery.predict()));
  const first = await predict();
  const [later, restored]: [Times[], Times[]] = [[], []];
  for (let i = 0; i < Number(options.losses); i++) {
    await predict();
    later.push(await predict());
    await page.evaluate(() => recovery.lose());
    restored.push(await predict());
  }
  console.log(`${options.model}: first ${text(first)}, later ${text(medians(later))}`);
  console.log(`  after the context is back: ${text(medians(restored))}; each: ${restored.map(text).join(', ')}`);
  for (const network of options.networks.split(',')) await printSnapshots(network);
} finally {
  await close();
  server.close();
}

async function printSnapshots(network: string): Promise<void> {
  const page = await newPage();
  const every = Number(options.every);
  const steps = COPIES * every;
  const train = (every: number) =>
    timed(() => page.evaluate(([a, b]) => recovery.train(a, b), [steps, every] as const));
  await page.evaluate((name) => recovery.prepareTraining(name), network);
  await train(every);
  const without: Times[] = [];
  const copies: Times[] = [];
  for (let i = 0; i < Number(options.pairs); i++) {
    const turns = [await train(i % 2 === 0 ? 0 : every), await train(i % 2 === 0 ? every : 0)];
    const [off, on] = i % 2 === 0 ? turns : [turns[1], turns[0]];
    without.push(off);
    const inSteps = (key: keyof Times) => (on[key] / off[key] - 1) * every;
    copies.push({ ms: inSteps('ms'), processorMs: inSteps('processorMs') });
  }
  const { ms, processorMs } = medians(copies);
  const figures = ({ ms, processorMs }: Times) => `${ms.toFixed(2)} (processor ${processorMs.toFixed(2)})`;
  const perStep = { ms: medians(without).ms / steps, processorMs: medians(without).processorMs / steps };
  console.log(`${network}: a step ${text(perStep)}; a copy costs ${figures({ ms, processorMs })} steps`);
  console.log(`  each: ${copies.map(figures).join(', ')}`);
  await page.close();
}

// What the optimizer costs of a training step: `npx tsx bench/training.ts [--browser] [--only=Adam,Lamb] [steps]`. In Node
// the figures are processor time of the engine convnet-cpu with one thread, in Chromium they are the time of the page, on
// convnet-webgl with SwiftShader.

import * as tf from '@tensorflow/tfjs';
import { openPage, servePage } from '../tools/chromiumPage.js';
import { useBackend } from './contestants/tfjsBackend.js';
import { type OptimizerCost, optimizerCost } from './measure/optimizerCost.js';
import { trainedOptimizers } from './tables/trainedOptimizers.js';
import { trainedNetworks } from './tables/training.js';

const isBrowser = process.argv.includes('--browser');
const steps = Number(process.argv.find((argument) => /^\d+$/.test(argument)) ?? (isBrowser ? 10 : 40));
const only = process.argv
  .find((argument) => argument.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measured(): Promise<OptimizerCost[]> {
  const names = Object.keys(trainedOptimizers).filter((name) => only?.includes(name) ?? true);
  if (isBrowser) {
    const server = await servePage({ script: 'bench/run/trainingPage.ts' });
    const { page, close } = await openPage(server, 'swiftshader');
    try {
      const rows: OptimizerCost[] = [];
      for (const { name } of trainedNetworks) {
        for (const optimizer of names) {
          rows.push(await page.evaluate((request) => training.cost(request), { name, optimizer, steps }));
        }
      }
      return rows;
    } finally {
      await close();
      server.close();
    }
  }
  await useBackend('convnet-cpu');
  const rows: OptimizerCost[] = [];
  for (const network of trainedNetworks) {
    for (const name of names) {
      const cost = await optimizerCost(network, trainedOptimizers[name](), steps, processorTime);
      rows.push({ ...cost, network: `${network.name}, ${name}` });
    }
  }
  return rows;
}

for (const { network, variables, gradientsMs, optimizerMs, share, kernels } of await measured()) {
  console.log(
    `${network.padEnd(24)} ${variables} variables, gradients ${gradientsMs.toFixed(2)} ms, optimizer ${optimizerMs.toFixed(2)} ms ` +
      `(${(100 * share).toFixed(1)} %), ${kernels} kernels`,
  );
}
tf.disposeVariables();

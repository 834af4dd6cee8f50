// npm run soak: thousands of predictions, training steps and shapes. What is in use must not grow.
//
//   npm run soak                              both engines, all scenarios: about an hour
//   npm run soak -- --engine=cpu --runs=500 --scenario=training
//
// The exit code is 1 if tensors, heap, textures or the memory of the process grow after the first third.

import { parseArgs } from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import '../../src/index.js';
import { residentSetOfChildren } from '../../tools/childProcesses.js';
import { openPage, servePage } from '../../tools/chromiumPage.js';
import { grown, printSamples } from './report.js';
import { scenarios } from './scenarios.js';
import { names, type Sample, soak } from './soak.js';

const { values: options } = parseArgs({
  options: {
    engine: { type: 'string', default: 'cpu,webgl' },
    scenario: { type: 'string', default: '' },
    runs: { type: 'string' },
    angle: { type: 'string', default: 'swiftshader' },
  },
});
const runs = options.runs === undefined ? undefined : Number(options.runs);
for (const engine of options.engine.split(',')) {
  for (const [scenario, name] of names.entries()) {
    if (!name.includes(options.scenario)) continue;
    const startMs = Date.now();
    const samples = engine === 'cpu' ? await onCpu(scenario) : await onWebgl(scenario);
    console.log(`\n${engine}: ${name}, ${Math.round((Date.now() - startMs) / 1000)} s`);
    printSamples(samples);
    const growing = grown(samples, scenarios[scenario].tableBytes);
    console.log(growing.length > 0 ? `GROWN: ${growing.join(', ')}` : 'flat');
    if (growing.length > 0) process.exitCode = 1;
  }
}

/** Says on the way how far it is. */
function note(samples: Sample[], sample: Sample, residentSet: number): void {
  samples.push({ ...sample, residentSet });
  console.error(`${sample.runs} runs`);
}

async function onCpu(scenario: number): Promise<Sample[]> {
  v8.setFlagsFromString('--expose-gc');
  globalThis.gc ??= vm.runInNewContext('gc');
  await tf.setBackend('convnet-cpu');
  const samples: Sample[] = [];
  await soak({ scenario, runs }, async (sample) => {
    note(samples, sample, process.memoryUsage.rss());
  });
  return samples;
}

async function onWebgl(scenario: number): Promise<Sample[]> {
  const server = await servePage({ script: 'test/soak/page.ts' });
  const flags = ['--js-flags=--expose-gc', '--enable-precise-memory-info'];
  const { page, close } = await openPage(server, options.angle, flags);
  try {
    const samples: Sample[] = [];
    await page.exposeFunction('soakSampled', (sample: Sample) => {
      note(samples, sample, residentSetOfChildren());
    });
    await page.evaluate((request) => soakPage.run(request), { scenario, runs });
    return samples;
  } finally {
    await close();
    server.close();
  }
}

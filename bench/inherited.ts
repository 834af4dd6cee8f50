// How much of a prediction of real models the CPU engine spends in kernels that it inherits from TensorFlow.js's plain
// JavaScript: `npx tsx bench/inherited.ts [--only=<regex>]`. One thread. A share above 5 % is a fault: exit code 1.

import { readFile } from 'node:fs/promises';
import type { Tensor } from '@tensorflow/tfjs';
import { takeInherited } from './measure/inheritedKernels.js';
import { randomValues } from './measure/randomValues.js';
import { loadShipped, shippedModels } from './tables/shippedModels.js';

// After the clocks are around the inherited kernels.
const tf = await import('@tensorflow/tfjs');
const { useBackend } = await import('./contestants/tfjsBackend.js');
const { models } = await import('./tables/models.js');
const { readNodeModule } = await import('../examples/upscale/nodeFiles.js');
const { installPeers } = await import('./contestants/installPeers.js');

const MOST = 0.05;
const WARM_UP = 3;
const LEAST_RUNS = 10;
const LEAST_MS = 1500;

const only = new RegExp(process.argv.find((argument) => argument.startsWith('--only='))?.slice(7) ?? '');

interface Subject {
  readonly name: string;
  /** Loads the model and gives a prediction that leaves nothing behind. */
  load(): Promise<() => Promise<void>>;
}

async function readPeer(path: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(new URL(`node_modules/${path}`, import.meta.url));
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

const shipped = shippedModels.map(
  (model): Subject => ({
    name: model.name,
    async load() {
      const graph = await loadShipped(model, readPeer);
      const shape = [...model.shape];
      const x = tf.tensor(randomValues(1, [0, model.brightest])(shape), shape, model.dtype);
      const input = { [graph.inputs[0].name]: x };
      return async () => tf.dispose(model.isDynamic ? await graph.executeAsync(input) : graph.execute(input));
    },
  }),
);

const own = models
  .filter(({ isPeer }) => !isPeer)
  .map(
    (model): Subject => ({
      name: model.name,
      async load() {
        const network = await model.load(readNodeModule);
        const shape: [number, number, number, number] = [1, model.size, model.size, 3];
        const x = tf.tensor4d(randomValues(1, [0, model.brightest])(shape), shape);
        return async () => tf.dispose(network.predict(x) as Tensor);
      },
    }),
  );

async function measure({ name, load }: Subject): Promise<boolean> {
  const predict = await load();
  for (let i = 0; i < WARM_UP; i++) await predict();
  takeInherited();
  const start = performance.now();
  let runs = 0;
  while (runs < LEAST_RUNS || performance.now() - start < LEAST_MS) {
    await predict();
    runs++;
  }
  const total = (performance.now() - start) / runs;
  const kernels = [...takeInherited()].map(([kernel, ms]) => ({ kernel, share: ms / runs / total }));
  const share = kernels.reduce((sum, each) => sum + each.share, 0);
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  const most = [...kernels].sort((a, b) => b.share - a.share).filter((each) => each.share >= 0.001);
  const list = most.map((each) => `${each.kernel} ${percent(each.share)}`).join(', ');
  console.log(
    `${name.padEnd(26)} ${total.toFixed(2).padStart(8)} ms, inherited ${percent(share).padStart(6)}  ${list}`,
  );
  return share <= MOST;
}

await useBackend('convnet-cpu');
const subjects = [...(installPeers() ? shipped : []), ...own].filter(({ name }) => only.test(name));
for (const subject of subjects) if (!(await measure(subject))) process.exitCode = 1;

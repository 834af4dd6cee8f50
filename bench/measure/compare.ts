// One layer, operation or model on several contestants, in this process or page: check every result, then time them in
// turns. Questions and answers are plain data, because they cross into the page.

import { env } from '@tensorflow/tfjs';
import type { ReadFile } from '../../test/support/models/index.js';
import type { KerasContestants } from '../contestants/keras.js';
import type { LayerPeers } from '../contestants/onnxRuntime.js';
import { isOnWebgl, tfjsCallTask, tfjsModelTask, tfjsOpTask } from '../contestants/tfjsBackend.js';
import { tfjsConvTask } from '../contestants/tfjsConv.js';
import { type Optimizer, optimizerOf, tfjsTrainingTask } from '../contestants/tfjsTraining.js';
import { calls } from '../tables/calls.js';
import { layers, type Pass } from '../tables/layers.js';
import { models } from '../tables/models.js';
import { named } from '../tables/named.js';
import { ops } from '../tables/ops.js';
import { trainedNetworks } from '../tables/training.js';
import { checkResult } from './checkResult.js';
import { type GpuUse, watchGpu } from './gpuUse.js';
import { type MemoryReport, type MemoryRequest, watchMemory } from './memory.js';
import { measurePeak, type Peak } from './peak.js';
import { problemOf } from './problem.js';
import { type Budget, type Entry, type Task, type Timing, timeInTurns, timingsOf } from './turns.js';

export interface Contest {
  readonly kind: 'layer' | 'op' | 'call' | 'model' | 'training' | 'keras';
  readonly name: string;
  /** Where a layer is computed. */
  readonly pass?: Pass;
  /** Ours first. One that cannot compute it is left out. */
  readonly backends: readonly string[];
  readonly budget: Budget;
  /** A model's result is checked against tfjs-cpu in any case: take the time of that one run as its timing. */
  readonly addsCpuRun?: boolean;
}

/** What a process or a page can be asked. */
export interface Questions {
  contest(contest: Contest): Promise<Timing[]>;
  /** Compiled code and GPU programs stay: ask once in the life of a process or page. */
  first(request: { readonly model: string; readonly backend: string }): Promise<FirstPrediction>;
  /** The heap of another test would be counted too: ask once in the life of a process or page. */
  memory(request: MemoryRequest): Promise<MemoryReport>;
  peak(): Promise<Peak>;
}

/** `ms`: from the call to the values of the result; the backend is started and the weights are loaded before. */
export type FirstPrediction = { readonly ms: number; readonly gpu?: GpuUse };

type MakeTask = (contestant: string) => Promise<Task | undefined>;

export function answers(readFile: ReadFile, layerPeers: LayerPeers = {}, keras?: KerasContestants): Questions {
  const modelTask = (contestant: string, name: string) => tfjsModelTask(contestant, named(models, name), readFile);
  return {
    async contest(contest) {
      const { kind, name, pass = 'forward', addsCpuRun } = contest;
      if (kind === 'layer') {
        const problem = problemOf(named(layers, name), pass);
        const make: MakeTask = (contestant) => layerPeers[contestant]?.(problem) ?? tfjsConvTask(contestant, problem);
        return timingsOf(await hold(contest, make, problem.expected));
      }
      if (kind === 'keras') {
        const task = await (keras as KerasContestants).task('keras', name); // first: it makes the file
        const { values } = await timeRead(task);
        const reference = { ...task, read: async () => values }; // a second step of training has another loss
        return timingsOf(
          await hold(contest, async (one) => (one === 'keras' ? reference : keras?.task(one, name)), values),
        );
      }
      if (kind === 'training') {
        const network = named(trainedNetworks, name);
        const lossesOf = async (adam: Optimizer) => {
          const task = await tfjsTrainingTask('cpu', network, adam);
          const losses = await task.read();
          task.dispose();
          return losses;
        };
        const expected = { ours: await lossesOf('ours'), tfjs: await lossesOf('tfjs') };
        const make: MakeTask = (contestant) => tfjsTrainingTask(contestant, network);
        return timingsOf(await hold(contest, make, (contestant) => expected[optimizerOf(contestant)]));
      }
      const make: MakeTask = (contestant) => {
        if (kind === 'op') return tfjsOpTask(contestant, named(ops, name));
        return kind === 'call' ? tfjsCallTask(contestant, named(calls, name)) : modelTask(contestant, name);
      };
      const cpu = (await make('cpu')) as Task; // has all kernels
      const { ms, values } = await timeRead(cpu);
      cpu.dispose();
      const samples = await hold(contest, make, values);
      return timingsOf(addsCpuRun ? [...samples, { name: 'cpu', rounds: [ms] }] : samples);
    },
    async first({ model, backend }) {
      const report = isOnWebgl(backend) ? watchGpu() : undefined;
      const task = await modelTask(backend, model);
      const { ms } = await timeRead(task);
      return report ? { ms, gpu: await report(task) } : { ms };
    },
    memory: async (request) => watchMemory(request, await modelTask(request.backend, request.model)),
    peak: async () => measurePeak(),
  };
}

async function timeRead(task: Task): Promise<{ ms: number; values: Float32Array }> {
  const start = performance.now();
  const values = await task.read();
  return { ms: performance.now() - start, values };
}

/** @param expected Of all contestants, or of each. */
async function hold(
  { name, pass, backends, budget }: Contest,
  make: MakeTask,
  expected: Float32Array | ((contestant: string) => Float32Array),
) {
  const entries: Entry[] = [];
  try {
    for (const contestant of backends) {
      const task = await make(contestant);
      if (!task) continue;
      const { ms: firstMs, values } = await timeRead(task);
      entries.push({ name: contestant, task, firstMs });
      const right = typeof expected === 'function' ? expected(contestant) : expected;
      checkResult(`${name} ${pass ?? ''} on ${contestant}`, values, right, toleranceOf(contestant));
    }
    return await timeInTurns(entries, budget);
  } finally {
    for (const { task } of entries) {
      await task.enter();
      task.dispose();
    }
  }
}

/** Some phones draw to 16-bit floats only, which have 11 bits of fraction. */
function toleranceOf(contestant: string): number {
  return isOnWebgl(contestant) && !env().getBool('WEBGL_RENDER_FLOAT32_ENABLED') ? 2e-2 : 1e-4;
}

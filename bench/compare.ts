// One layer, neighbour kernel or model on several contestants, in this process or page: check every result, then time them in
// turns. Requests and answers are plain data, because they cross into the page.

import { env } from '@tensorflow/tfjs';
import type { ReadFile } from '../test/support/models/index.js';
import { type GpuUse, watchGpu } from './gpuUse.js';
import { type Budget, checkResult, type Entry, type Task, type Timing, timeInTurns } from './measure.js';
import { type MemoryReport, type MemoryRequest, watchMemory } from './memory.js';
import { modelNamed, tfjsModelTask } from './models.js';
import { neighbourNamed, neighbourTask } from './neighbours.js';
import { measurePeak, type Peak } from './peak.js';
import { type Pass, type Problem, problemOf } from './problem.js';
import { layerNamed } from './shapes.js';
import { isOnGpu } from './tfjsBackend.js';
import { tfjsConvTask } from './tfjsConv.js';

interface Request {
  /** Ours first. */
  readonly backends: readonly string[];
  readonly budget: Budget;
}

export interface LayerRequest extends Request {
  readonly layer: string;
  readonly pass: Pass;
}

export interface NeighbourRequest extends Request {
  readonly neighbour: string;
}

export interface ModelRequest extends Request {
  readonly model: string;
  /** The results are checked against tfjs-cpu in any case: take the time of that one run as its timing. */
  readonly addsCpuRun?: boolean;
}

export interface FirstRequest {
  readonly model: string;
  readonly backend: string;
}

export interface FirstPrediction {
  /** From the call to the values of the result; the backend is started and the weights are loaded before. */
  readonly ms: number;
  /** Of a backend that computes with WebGL. */
  readonly gpu?: GpuUse;
}

/** What a process or a page can be asked for. */
export interface Comparisons {
  layer(request: LayerRequest): Promise<Timing[]>;
  neighbour(request: NeighbourRequest): Promise<Timing[]>;
  model(request: ModelRequest): Promise<Timing[]>;
  /** Compiled code and GPU programs stay: ask once in the life of a process or page. */
  first(request: FirstRequest): Promise<FirstPrediction>;
  /** The heap of another test would be counted too: ask once in the life of a process or page. */
  memory(request: MemoryRequest): Promise<MemoryReport>;
  peak(): Promise<Peak>;
}

/** Contestants for layers that are no TensorFlow.js backends, by name. */
export type LayerPeers = Readonly<Record<string, (problem: Problem) => Promise<Task | undefined>>>;

export function comparisons(readFile: ReadFile, layerPeers: LayerPeers = {}): Comparisons {
  return {
    /** A contestant that cannot compute the pass is left out. */
    async layer({ layer, pass, backends, budget }) {
      const problem = problemOf(layerNamed(layer), pass);
      const make = (name: string) => layerPeers[name]?.(problem) ?? tfjsConvTask(name, problem);
      return checkAndTime({ title: `${layer} ${pass}`, backends, budget, make, expected: problem.expected });
    },
    /** A backend that lacks the kernel is left out. */
    async neighbour({ neighbour: title, backends, budget }) {
      const neighbour = neighbourNamed(title);
      const make = (name: string) => neighbourTask(name, neighbour);
      const { values: expected } = await runOnce(await make('cpu'));
      return checkAndTime({ title, backends, budget, make, expected });
    },
    async model({ model: title, backends, budget, addsCpuRun }) {
      const model = modelNamed(title);
      const make = (name: string) => tfjsModelTask(name, model, readFile);
      const { values: expected, ms } = await runOnce(await make('cpu'));
      const timings = await checkAndTime({ title, backends, budget, make, expected });
      if (!addsCpuRun) return timings;
      return [...timings, { name: 'cpu', ms, ratio: ms / timings[0].ms, rounds: [ms] }];
    },
    async first({ model, backend }) {
      const watch = isOnGpu(backend) ? watchGpu() : undefined;
      const task = await tfjsModelTask(backend, modelNamed(model), readFile);
      const start = performance.now();
      await task.read();
      const ms = performance.now() - start;
      return watch ? { ms, gpu: await watch.report(task) } : { ms };
    },
    async memory(request) {
      return watchMemory(request, await tfjsModelTask(request.backend, modelNamed(request.model), readFile));
    },
    peak: async () => measurePeak(),
  };
}

async function runOnce(task: Task | undefined): Promise<{ values: Float32Array; ms: number }> {
  if (!task) throw new Error('runOnce: the reference must be able to compute what is asked for');
  const start = performance.now();
  const values = await task.read();
  const ms = performance.now() - start;
  task.dispose();
  return { values, ms };
}

interface Contest {
  readonly title: string;
  readonly backends: readonly string[];
  readonly budget: Budget;
  readonly expected: Float32Array;
  make(name: string): Promise<Task | undefined>;
}

async function checkAndTime({ title, backends, budget, expected, make }: Contest): Promise<Timing[]> {
  const entries: Entry[] = [];
  try {
    for (const name of backends) {
      const task = await make(name);
      if (!task) continue;
      const start = performance.now();
      const values = await task.read();
      entries.push({ name, task, firstMs: performance.now() - start });
      checkResult(`${title} on ${name}`, values, expected, toleranceOf(name));
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
function toleranceOf(name: string): number {
  return isOnGpu(name) && !env().getBool('WEBGL_RENDER_FLOAT32_ENABLED') ? 2e-2 : 1e-4;
}

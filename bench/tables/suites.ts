// What each command runs: which layers, operations and models, for how long, and what is asked of them.

import type { MemoryRequest } from '../measure/memory.js';
import type { Budget } from '../measure/turns.js';
import type { Section } from '../run/results.js';
import { type Aims, cpuAims, nodeAims, webglAims } from './classes.js';
import { coreLayers, type Layer, layers, type Pass } from './layers.js';
import { models } from './models.js';

/** Sections whose rows are contests. */
export type Contested = Exclude<Section, 'first' | 'memory'>;
/** A section without a budget does not run. */
type Budgets = Readonly<Partial<Record<Contested, Budget>>>;
type ByPass<Value> = Readonly<Record<Pass, Value>>;

export interface Plan {
  readonly layers: ByPass<readonly Layer[]>;
  /** Larger layers are left out. */
  readonly mflop: ByPass<number>;
  /** Larger layers run without tfjs-cpu, which does 300 MFLOP a second, in its filter gradient 4 to 15. */
  readonly cpuMflop: ByPass<number>;
  readonly models: readonly string[];
  readonly budgets: Budgets;
  /** Times that a first prediction is taken. */
  readonly firstPredictions: number;
  readonly memory?: Pick<MemoryRequest, 'predictions' | 'ms'>;
}

export interface Suite {
  readonly title: string;
  /** Ours first. */
  readonly backends: readonly string[];
  readonly aims: Aims;
  readonly full: Plan;
  readonly quick: Plan;
  /** Measured before all rows, and speeds are given as a part of it. */
  readonly hasPeak?: true;
  /** tfjs-cpu takes seconds for a model: the run that gives the expected result is its timing. */
  readonly runsCpuOnce?: true;
  /** A row needs these contestants; one that lacks the kernel is left out. */
  readonly needs?: readonly string[];
}

const ALL = Number.POSITIVE_INFINITY;

function byPass<Value>(forward: Value, gradInput = forward, gradFilter = gradInput): ByPass<Value> {
  return { forward, gradInput, gradFilter };
}

function budgetsOf(layers: Budget, gradients: Budget, models: Budget, threads?: Budget, ops?: Budget): Budgets {
  return { layers, gradients, threads, ops, calls: ops, models, keras: ops && models };
}

function plan(run: 'quick' | 'whole', mflop: ByPass<number>, cpuMflop: ByPass<number>, budgets: Budgets): Plan {
  const byRun = byPass(run === 'whole' ? layers : coreLayers, coreLayers);
  const names = models.filter(({ runs }) => runs.includes(run)).map(({ name }) => name);
  return { layers: byRun, mflop, cpuMflop, models: names, budgets, firstPredictions: 1 };
}

const nodePlan = (mflop: number, gradFilterMflop: number, each: Budget) =>
  plan('quick', byPass(mflop), byPass(ALL, ALL, gradFilterMflop), budgetsOf(each, each, each));

/** `npm run bench` */
export const nodeSuite: Suite = {
  title: 'Convolutional networks on the CPU, in Node',
  backends: ['convnet-cpu', 'wasm', 'cpu'],
  aims: nodeAims,
  full: nodePlan(ALL, 110, [5, 30, 1500]),
  quick: nodePlan(110, 16, [2, 10, 200]),
};

const cpuBudgets = budgetsOf([3, 15, 500], [1, 11, 400], [5, 11, 4000], [5, 21, 400], [5, 21, 250]);
const quickCpuBudgets = budgetsOf([2, 5, 60], [2, 3, 40], [2, 3, 400], [2, 5, 40], [2, 5, 30]);

/** `npm run bench:cpu` */
export const cpuSuite: Suite = {
  title: 'Convolutional networks on the CPU',
  backends: ['convnet-cpu', 'wasm', 'cpu', 'ort-web', 'ort-node'],
  aims: cpuAims,
  full: {
    ...plan('whole', byPass(ALL), byPass(30, 15, 25), cpuBudgets),
    firstPredictions: 3,
    memory: { predictions: 200, ms: 90_000 },
  },
  quick: { ...plan('quick', byPass(80), byPass(8, 0, 5), quickCpuBudgets), memory: { predictions: 20, ms: 3000 } },
  hasPeak: true,
  runsCpuOnce: true,
};

const webglBudgets: Budgets = { ...budgetsOf([5, 15, 1000], [3, 15, 1000], [3, 9, 6000]), training: [3, 9, 6000] };
const quickWebglBudgets = budgetsOf([3, 5, 150], [3, 5, 150], [3, 5, 1000]);

/** `npm run bench:webgl`; a software renderer does 1 GFLOP/s. */
export const webglSuite: Suite = {
  title: 'Convolutional networks on WebGL2',
  backends: ['convnet-webgl', 'webgl'],
  aims: webglAims,
  full: plan('whole', byPass(240), byPass(0), webglBudgets),
  quick: plan('quick', byPass(160, 30), byPass(0), quickWebglBudgets),
  needs: ['convnet-webgl', 'webgl'],
};

/** The demo's page on a GPU: few rounds of layers that are worth its time. */
export const gpuPlan: Plan = {
  ...plan('quick', byPass(240), byPass(0), quickWebglBudgets),
  models: ['esrgan-slim-x2 128x128', 'nsfw-mobilenet-v2 224x224'],
};

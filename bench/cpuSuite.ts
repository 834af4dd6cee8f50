// The CPU benchmark, wherever it runs: one section after the other. A row that cannot be computed, or is computed wrongly, is
// a failure of its own and does not end the run.

import { THREADS_MFLOP } from './classes.js';
import type { Comparisons } from './compare.js';
import type { CpuResults, LayerRow, MemoryRow, ModelRow, NeighbourRow, Section, ThreadsRow } from './cpuResults.js';
import { firstPredictions } from './firstPredictions.js';
import { coreModels, wholeModels } from './models.js';
import { neighbours } from './neighbours.js';
import type { Peak } from './peak.js';
import { mflopOf, type Pass } from './problem.js';
import { coreLayers, type Layer, layers } from './shapes.js';

export interface CpuSuiteOptions {
  /** Ours first. */
  readonly backends: readonly string[];
  readonly sections: readonly Section[];
  /** Few rounds, few and small layers. */
  readonly quick: boolean;
  /** Which titles run: `<layer> <pass>`, `threads <layer>`, `neighbour <name>`, `model <name>`, `memory <model>`. */
  readonly only: RegExp;
}

export interface CpuListener {
  onSection(section: Section, peak: Peak, backends: readonly string[]): void;
  onLayer(row: LayerRow): void;
  onThreads(row: ThreadsRow): void;
  onNeighbour(row: NeighbourRow): void;
  onModel(row: ModelRow): void;
  onMemory(row: MemoryRow): void;
  onFailure(message: string): void;
}

const SETTINGS = {
  full: {
    layers: { minRounds: 3, maxRounds: 15, ms: 500 },
    gradients: { minRounds: 1, maxRounds: 11, ms: 400 },
    threads: { minRounds: 5, maxRounds: 21, ms: 400 },
    neighbours: { minRounds: 5, maxRounds: 21, ms: 250 },
    models: { minRounds: 5, maxRounds: 11, ms: 4000 },
    memory: { predictions: 200, ms: 90_000 },
    firstPredictions: 3,
    mflop: Number.POSITIVE_INFINITY,
    /** tfjs-cpu does 300 MFLOP a second, in its filter gradient 4 to 15; it takes part where that is short. */
    cpuMflop: { forward: 30, gradInput: 15, gradFilter: 25 } as Readonly<Record<Pass, number>>,
  },
  quick: {
    layers: { minRounds: 2, maxRounds: 5, ms: 60 },
    gradients: { minRounds: 2, maxRounds: 3, ms: 40 },
    threads: { minRounds: 2, maxRounds: 5, ms: 40 },
    neighbours: { minRounds: 2, maxRounds: 5, ms: 30 },
    models: { minRounds: 2, maxRounds: 3, ms: 400 },
    memory: { predictions: 20, ms: 3000 },
    firstPredictions: 1,
    mflop: 80,
    cpuMflop: { forward: 8, gradInput: 0, gradFilter: 5 } as Readonly<Record<Pass, number>>,
  },
};

interface Context {
  readonly runner: Comparisons;
  readonly options: CpuSuiteOptions;
  readonly settings: (typeof SETTINGS)['full'];
  readonly listener: CpuListener;
  readonly peak: Peak;
  readonly failures: string[];
}

/** `runner.first` and `runner.memory` must answer from a fresh process or page. */
export async function runCpuSuite(
  runner: Comparisons,
  options: CpuSuiteOptions,
  listener: CpuListener,
): Promise<CpuResults> {
  const settings = SETTINGS[options.quick ? 'quick' : 'full'];
  const failures: string[] = [];
  const peak = await runner.peak();
  const context = { runner, options, settings, listener, peak, failures };
  const run = async <Row>(section: Section, rowsOf: (context: Context) => Promise<Row[]>): Promise<Row[]> => {
    if (!options.sections.includes(section)) return [];
    listener.onSection(section, peak, options.backends);
    return rowsOf(context);
  };
  return {
    peak,
    layers: await run('layers', (some) => layerRows(some, 'forward')),
    gradients: await run('gradients', async (some) => [
      ...(await layerRows(some, 'gradInput')),
      ...(await layerRows(some, 'gradFilter')),
    ]),
    threads: await run('threads', threadsRows),
    neighbours: await run('neighbours', neighbourRows),
    models: await run('models', modelRows),
    memory: await run('memory', memoryRows),
    failures,
  };
}

/** All rows of a table that are asked for and succeed, in turn. */
async function rowsOf<Item, Row>(
  { options: { only }, listener, failures }: Context,
  items: readonly Item[],
  titleOf: (item: Item) => string,
  rowOf: (item: Item) => Promise<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const item of items) {
    const title = titleOf(item);
    if (!only.test(title)) continue;
    try {
      rows.push(await rowOf(item));
    } catch (error) {
      const message = `${title}: ${error instanceof Error ? error.message : error}`;
      failures.push(message);
      listener.onFailure(message);
    }
  }
  return rows;
}

function layerRows(context: Context, pass: Pass): Promise<LayerRow[]> {
  const { runner, options, settings, listener, peak } = context;
  const table = pass === 'forward' && !options.quick ? layers : coreLayers;
  const chosen = table.filter((layer) => mflopOf(layer) <= settings.mflop);
  const budget = pass === 'forward' ? settings.layers : settings.gradients;
  return rowsOf(
    context,
    chosen,
    ({ name }) => `${name} ${pass}`,
    async (layer) => {
      const mflop = mflopOf(layer);
      const backends = options.backends.filter((name) => takesPart(name, pass, mflop, settings.cpuMflop));
      const timings = await runner.layer({ layer: layer.name, pass, backends, budget });
      const speeds = timings.map((timing) => {
        const gflops = mflop / timing.ms;
        return { ...timing, gflops, ofPeak: gflops / peak.gflops };
      });
      const row = { layer: layer.name, kind: layer.kind, size: layer.inH, pass, mflop, timings: speeds };
      listener.onLayer(row);
      return row;
    },
  );
}

function takesPart(name: string, pass: Pass, mflop: number, cpuMflop: Readonly<Record<Pass, number>>): boolean {
  if (name === 'cpu') return mflop <= cpuMflop[pass];
  return true;
}

function threadsRows(context: Context): Promise<ThreadsRow[]> {
  const { runner, options, settings, listener } = context;
  const [ours] = options.backends;
  const isWorthSharing = (layer: Layer) => mflopOf(layer) > THREADS_MFLOP && mflopOf(layer) <= settings.mflop;
  const chosen = layers.filter(isWorthSharing);
  return rowsOf(
    context,
    chosen,
    ({ name }) => `threads ${name}`,
    async (layer) => {
      const request = { layer: layer.name, pass: 'forward', backends: [`${ours}@2`, ours] } as const;
      const timings = await runner.layer({ ...request, budget: settings.threads });
      const row = { layer: layer.name, mflop: mflopOf(layer), timings };
      listener.onThreads(row);
      return row;
    },
  );
}

function neighbourRows(context: Context): Promise<NeighbourRow[]> {
  const { runner, options, settings, listener } = context;
  const backends = options.backends.filter(isTfjsButCpu);
  return rowsOf(
    context,
    neighbours,
    ({ name }) => `neighbour ${name}`,
    async ({ name: neighbour }) => {
      const timings = await runner.neighbour({ neighbour, backends, budget: settings.neighbours });
      const row = { neighbour, timings };
      listener.onNeighbour(row);
      return row;
    },
  );
}

const modelsOf = ({ options }: Context) => (options.quick ? coreModels : wholeModels);
const isTfjsButCpu = (name: string) => name !== 'cpu' && !name.startsWith('ort');

function modelRows(context: Context): Promise<ModelRow[]> {
  const { runner, options, settings, listener } = context;
  const [ours, ...peers] = options.backends;
  const oneThread = [ours, ...peers.filter(isTfjsButCpu)];
  const backends = [...oneThread, `${ours}@2`];
  const addsCpuRun = peers.includes('cpu');
  return rowsOf(
    context,
    modelsOf(context),
    ({ name }) => `model ${name}`,
    async ({ name: model }) => {
      const timings = await runner.model({ model, backends, budget: settings.models, addsCpuRun });
      const first = await firstPredictions(runner, model, oneThread, settings.firstPredictions);
      const row = { model, timings, first };
      listener.onModel(row);
      return row;
    },
  );
}

function memoryRows(context: Context): Promise<MemoryRow[]> {
  const { runner, options, settings, listener } = context;
  const [ours] = options.backends;
  const backend = `${ours}@2`; // the faster one: 200 predictions take long
  return rowsOf(
    context,
    modelsOf(context),
    ({ name }) => `memory ${name}`,
    async ({ name: model }) => {
      const row = { model, ...(await runner.memory({ model, backend, ...settings.memory })) };
      listener.onMemory(row);
      return row;
    },
  );
}

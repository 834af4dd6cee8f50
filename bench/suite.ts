// The whole benchmark, wherever it runs: every layer that is asked for, every pass, then the models.

import type { Comparisons, FirstPrediction } from './compare.js';
import { type Budget, geometricMean, type Timing } from './measure.js';
import { coreModels } from './models.js';
import { mflopOf, type Pass, passes } from './problem.js';
import { coreLayers, type LayerKind, layerKinds } from './shapes.js';

export interface SuiteOptions {
  /** Ours first. */
  readonly backends: readonly string[];
  /** Few rounds, and none of the largest layers. */
  readonly quick: boolean;
  /** Which of the titles `<layer> <pass>` and `model <name>` run. */
  readonly only: RegExp;
}

export interface LayerResult {
  readonly layer: string;
  readonly kind: LayerKind;
  readonly pass: Pass;
  readonly mflop: number;
  readonly timings: readonly (Timing & { readonly gflops: number })[];
}

export interface ModelResult {
  readonly model: string;
  readonly timings: readonly (Timing & { readonly first: FirstPrediction })[];
}

/** Geometric mean of the ratios of one kind. */
export interface KindResult {
  readonly pass: Pass;
  readonly kind: LayerKind;
  readonly peer: string;
  readonly ratio: number;
  readonly layers: number;
}

export interface SuiteResult {
  readonly kinds: readonly KindResult[];
  readonly models: readonly ModelResult[];
  readonly layers: readonly LayerResult[];
}

export interface Listener {
  onLayer(result: LayerResult): void;
  onModel(result: ModelResult): void;
}

const QUICK_MFLOP = 110; // plain loops and software renderers do 100 to 1000 a second
const BUDGETS = {
  quick: { minRounds: 2, maxRounds: 10, ms: 200 },
  full: { minRounds: 5, maxRounds: 30, ms: 1500 },
} satisfies Record<string, Budget>;
const CPU_GRAD_FILTER_MFLOP = { quick: 16, full: 110 }; // tfjs-cpu does about 10 a second, its other passes 300

/** `runner.first` must answer from a fresh process or page. */
export async function runSuite(runner: Comparisons, options: SuiteOptions, listener: Listener): Promise<SuiteResult> {
  const { backends, quick, only } = options;
  const mode = quick ? 'quick' : 'full';
  const budget = BUDGETS[mode];
  const layerResults: LayerResult[] = [];
  for (const pass of passes) {
    for (const layer of coreLayers) {
      const mflop = mflopOf(layer);
      if (!only.test(`${layer.name} ${pass}`) || (quick && mflop > QUICK_MFLOP)) continue;
      const omitsCpu = pass === 'gradFilter' && mflop > CPU_GRAD_FILTER_MFLOP[mode];
      const present = backends.filter((name) => !(omitsCpu && name === 'cpu'));
      const timings = await runner.layer({ layer: layer.name, pass, backends: present, budget });
      const withSpeed = timings.map((timing) => ({ ...timing, gflops: mflop / timing.ms }));
      const result = { layer: layer.name, kind: layer.kind, pass, mflop, timings: withSpeed };
      layerResults.push(result);
      listener.onLayer(result);
    }
  }
  const modelResults: ModelResult[] = [];
  for (const { name: model } of coreModels) {
    if (!only.test(`model ${model}`)) continue;
    const timings: ModelResult['timings'][number][] = [];
    for (const timing of await runner.model({ model, backends, budget })) {
      timings.push({ ...timing, first: await runner.first({ model, backend: timing.name }) });
    }
    const result = { model, timings };
    modelResults.push(result);
    listener.onModel(result);
  }
  return { kinds: kindResults(layerResults), models: modelResults, layers: layerResults };
}

function kindResults(results: readonly LayerResult[]): KindResult[] {
  const peers = [...new Set(results.flatMap(({ timings }) => timings.slice(1).map(({ name }) => name)))];
  return passes.flatMap((pass) =>
    layerKinds.flatMap((kind) =>
      peers.flatMap((peer) => {
        const ratios = results
          .filter((result) => result.pass === pass && result.kind === kind)
          .flatMap(({ timings }) => timings.slice(1).filter(({ name }) => name === peer))
          .map(({ ratio }) => ratio);
        return ratios.length > 0 ? [{ pass, kind, peer, ratio: geometricMean(ratios), layers: ratios.length }] : [];
      }),
    ),
  );
}

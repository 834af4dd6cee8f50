// The WebGL benchmark, wherever it runs: a list of steps, one row each. A row that cannot be computed, or is computed wrongly,
// is a failure of its own and does not end the run.

import type { Comparisons } from './compare.js';
import { firstPredictions } from './firstPredictions.js';
import type { Budget } from './measure.js';
import { mflopOf, type Pass, passes } from './problem.js';
import type { Layer } from './shapes.js';
import { WEBGL_CONTESTANTS, webglClasses, webglClassOf } from './webglClasses.js';
import type {
  WebglFirstRow,
  WebglLayerRow,
  WebglModelRow,
  WebglResults,
  WebglRow,
  WebglSection,
} from './webglResults.js';
import type { WebglSettings } from './webglSettings.js';

export interface WebglStep {
  readonly section: WebglSection;
  /** The title of a class, or the section. */
  readonly group: string;
  /** `<layer> <pass>`, `model <name>`, `first <name>`. */
  readonly title: string;
  row(): Promise<WebglRow>;
}

/** What it answers is waited for. */
export interface WebglListener {
  onStep?(step: WebglStep, done: number, total: number): void | Promise<void>;
  onRow(row: WebglRow): void | Promise<void>;
  onFailure(message: string): void | Promise<void>;
}

/** `runner.first` must answer from a fresh page. */
export function webglSteps(runner: Comparisons, settings: WebglSettings): WebglStep[] {
  const layerSteps = passes.flatMap((pass) =>
    settings.layers[pass]
      .filter((layer) => mflopOf(layer) <= settings.mflop[pass])
      .map((layer) => layerStep(runner, settings, layer, pass)),
  );
  const byClass = webglClasses.flatMap(({ title }) => layerSteps.filter(({ group }) => group === title));
  return [
    ...byClass,
    ...settings.models.map((model) => modelStep(runner, settings, model)),
    ...settings.models.map((model) => firstStep(runner, settings, model)),
  ];
}

/** The signal ends the run before the next step. */
export async function runWebglSteps(
  steps: readonly WebglStep[],
  listener: WebglListener,
  signal?: AbortSignal,
): Promise<WebglResults> {
  const rows: WebglRow[] = [];
  const failures: string[] = [];
  for (const [done, step] of steps.entries()) {
    await listener.onStep?.(step, done, steps.length);
    if (signal?.aborted) break;
    try {
      const row = await step.row();
      rows.push(row);
      await listener.onRow(row);
    } catch (error) {
      const message = `${step.title}: ${error instanceof Error ? error.message : error}`;
      failures.push(message);
      await listener.onFailure(message);
    }
  }
  return { rows, failures, isStopped: signal?.aborted ?? false };
}

function layerStep(runner: Comparisons, { budgets }: WebglSettings, layer: Layer, pass: Pass): WebglStep {
  const section = pass === 'forward' ? 'layers' : 'gradients';
  const row = async (): Promise<WebglLayerRow> => {
    const mflop = mflopOf(layer);
    const request = { layer: layer.name, pass, ...contest(budgets[section]) };
    const timings = bothOf(await runner.layer(request));
    const speeds = timings.map((timing) => ({ ...timing, gflops: mflop / timing.ms }));
    return { section, layer: layer.name, pass, mflop, timings: speeds };
  };
  return { section, group: webglClassOf(layer, pass).title, title: `${layer.name} ${pass}`, row };
}

function modelStep(runner: Comparisons, { budgets }: WebglSettings, model: string): WebglStep {
  const section = 'models';
  const row = async (): Promise<WebglModelRow> => {
    const timings = bothOf(await runner.model({ model, ...contest(budgets.models) }));
    return { section, model, timings };
  };
  return { section, group: section, title: `model ${model}`, row };
}

function firstStep(runner: Comparisons, settings: WebglSettings, model: string): WebglStep {
  const section = 'first';
  const row = async (): Promise<WebglFirstRow> => {
    const times = await firstPredictions(runner, model, WEBGL_CONTESTANTS, settings.firstPredictions);
    return { section, model, times };
  };
  return { section, group: section, title: `first ${model}`, row };
}

function contest(budget: Budget) {
  return { backends: WEBGL_CONTESTANTS, budget };
}

/** A backend without the kernel is left out of a comparison, and then there is none. */
function bothOf<Timing extends { readonly name: string }>(timings: readonly Timing[]): readonly Timing[] {
  const missing = WEBGL_CONTESTANTS.filter((backend) => timings.every(({ name }) => name !== backend));
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} cannot compute it`);
  return timings;
}

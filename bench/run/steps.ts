// A benchmark, wherever it runs, is a list of steps, one row each: they are made from a suite's tables, and run.

import type { Contest, Questions } from '../measure/compare.js';
import type { GpuUse } from '../measure/gpuUse.js';
import type { Peak } from '../measure/peak.js';
import { mflopOf } from '../measure/problem.js';
import { type Budget, type Timing, timingsOf } from '../measure/turns.js';
import { calls } from '../tables/calls.js';
import { isTraining, kerasRows } from '../tables/keras.js';
import { type Layer, layers, type Pass, passes } from '../tables/layers.js';
import { ops } from '../tables/ops.js';
import type { Contested, Plan, Suite } from '../tables/suites.js';
import { trainedNetworks } from '../tables/training.js';
import type { Report, Row, RowTiming, Section } from './results.js';

export interface Step {
  readonly section: Section;
  /** The title of a class, or the section. */
  readonly group: string;
  /** `<layer> <pass>`, `threads <layer>`, `op <name>`, `call <name>`, `model <name>`, `training <network>`, `keras <name>`, `first <model>` or `memory <model>`. */
  readonly title: string;
  row(): Promise<Row>;
}

export interface RunContext {
  readonly suite: Suite;
  readonly plan: Plan;
  /** Ours first. */
  readonly backends: readonly string[];
  /** `first` and `memory` must answer from a fresh process or page. */
  readonly ask: Questions;
  readonly peak?: Peak;
}

const THREADS_MFLOP = 20; // smaller layers are not worth sharing

export function stepsOf(context: RunContext): Step[] {
  const { suite, plan, backends } = context;
  const onTfjs = backends.filter((name) => name !== 'cpu' && !/^(ort|litert|keras)/.test(name));
  const onModels = suite.runsCpuOnce ? onTfjs : backends;
  const two = `${backends[0]}@2`;
  const isShared = (layer: Layer) => mflopOf(layer) > THREADS_MFLOP && mflopOf(layer) <= plan.mflop.forward;
  const modelContest = {
    kind: 'model',
    backends: plan.budgets.threads ? [...onModels, two] : onModels,
    addsCpuRun: suite.runsCpuOnce && backends.includes('cpu'),
  } as const;
  const steps: Step[] = [
    ...passes.flatMap((pass) => layerSteps(context, pass)),
    ...layers.filter(isShared).map(({ name }) => {
      const contest = { kind: 'layer', name, pass: 'forward', backends: [two, backends[0]] } as const;
      return contestStep(context, 'threads', `threads ${name}`, contest);
    }),
    ...ops.map(({ name }) => contestStep(context, 'ops', `op ${name}`, { kind: 'op', name, backends: onTfjs })),
    ...calls.map(({ name }) => contestStep(context, 'calls', `call ${name}`, { kind: 'call', name, backends: onTfjs })),
    ...plan.models.map((name) => contestStep(context, 'models', `model ${name}`, { ...modelContest, name })),
    ...trainedNetworks.map(({ name }) =>
      contestStep(context, 'training', `training ${name}`, { kind: 'training', name, backends: onTfjs }),
    ),
    ...(backends.includes('keras') ? kerasRows : []).map((name) => {
      const own = plan.budgets.threads && !isTraining(name) ? [backends[0], two] : [backends[0]];
      const contest = { kind: 'keras', name, backends: [...own, 'keras'] } as const;
      return contestStep(context, 'keras', `keras ${name}`, contest);
    }),
    ...plan.models.map((model) => firstStep(context, model, onModels)),
    ...plan.models.map((model) => memoryStep(context, model, two)), // the faster one: 200 predictions take long
  ];
  const runs = (section: Section) =>
    section === 'first' || (section === 'memory' ? plan.memory : plan.budgets[section]);
  return steps.filter(({ section }) => runs(section));
}

function layerSteps(context: RunContext, pass: Pass): Step[] {
  const { suite, plan, backends } = context;
  const section = pass === 'forward' ? 'layers' : 'gradients';
  const chosen = plan.layers[pass].filter((layer) => mflopOf(layer) <= plan.mflop[pass]);
  return chosen.map((layer) => {
    const { name } = layer;
    const group = suite.aims.classes.find((one) => !one.partOf && one.pass === pass && one.includes(layer))?.title;
    if (!group) throw new Error(`layerSteps: every layer must have a class; received layer=${name} pass=${pass}`);
    const isWithCpu = mflopOf(layer) <= plan.cpuMflop[pass];
    const present = backends.filter((backend) => !/^(keras|webgpu)$/.test(backend) && (isWithCpu || backend !== 'cpu'));
    const contest = { kind: 'layer', name, pass, backends: present } as const;
    return { ...contestStep(context, section, `${name} ${pass}`, contest), group };
  });
}

function contestStep(context: RunContext, section: Contested, title: string, contest: Omit<Contest, 'budget'>): Step {
  const { suite, plan, ask, peak } = context;
  const { name, pass } = contest;
  const layer = pass && layers.find((one) => one.name === name);
  const mflop = layer && mflopOf(layer);
  const speedOf = (timing: Timing): RowTiming => {
    const gflops = mflop && mflop / timing.ms;
    const ofPeak = gflops && peak && section !== 'threads' ? gflops / peak.gflops : undefined;
    return { ...timing, gflops, ofPeak };
  };
  const row = async (): Promise<Row> => {
    const timings = await ask.contest({ ...contest, budget: plan.budgets[section] as Budget });
    const missing = suite.needs?.filter((backend) => timings.every((timing) => timing.name !== backend)) ?? [];
    if (missing.length > 0) throw new Error(`${missing.join(' and ')} cannot compute it`);
    return { section, name, pass, mflop, timings: timings.map(speedOf) };
  };
  return { section, group: section, title, row };
}

/** One contestant after the other, each time in a fresh process or browser. */
function firstStep({ plan, ask }: RunContext, model: string, backends: readonly string[]): Step {
  const row = async (): Promise<Row> => {
    const samples = backends.map((name) => ({ name, rounds: [] as number[], gpu: undefined as GpuUse | undefined }));
    for (let i = 0; i < plan.firstPredictions; i++) {
      for (const sample of samples) {
        const { ms, gpu } = await ask.first({ model, backend: sample.name });
        sample.rounds.push(ms);
        sample.gpu = gpu;
      }
    }
    const timings = timingsOf(samples).map((timing, i) => ({ ...timing, gpu: samples[i].gpu }));
    return { section: 'first', name: model, timings };
  };
  return { section: 'first', group: 'first', title: `first ${model}`, row };
}

function memoryStep({ plan, ask }: RunContext, model: string, backend: string): Step {
  const request = { model, backend, ...(plan.memory as NonNullable<Plan['memory']>) };
  const row = async (): Promise<Row> => ({ section: 'memory', name: model, ...(await ask.memory(request)) });
  return { section: 'memory', group: 'memory', title: `memory ${model}`, row };
}

/** Its answers are waited for. */
export interface Listener {
  onStep?(step: Step, done: number, total: number): void | Promise<void>;
  onRow(row: Row): void | Promise<void>;
  onFailure(message: string): void | Promise<void>;
}

/** A row that cannot be computed, or is wrong, does not end the run; the signal ends it before the next step. */
export async function runSteps(
  steps: readonly Step[],
  listener: Listener,
  signal?: AbortSignal,
): Promise<Pick<Report, 'rows' | 'failures' | 'isStopped'>> {
  const rows: Row[] = [];
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

// `convnet bench`: loads the model on every backend, compares the first predictions, times further ones in turns, and
// times the layers.

import { messageOf } from '../../core/errors.js';
import { figuresOf } from '../../core/figures.js';
import { largestDifference } from '../../pictures/compareOutputs.js';
import type { CommandContext } from '../shared/commandContext.js';
import { CliError } from '../shared/exitCodes.js';
import { loadModel, modelPath } from '../shared/modelSource.js';
import { withBar } from '../shared/progressBar.js';
import { prepareBackends, startBackend, useThreads } from '../shared/startBackend.js';
import { type Contestant, enter, measureLayers, memoryOf, takeTurn } from './contestant.js';
import { type InputOptions, inputShapes } from './randomInputs.js';
import type { BackendReport, BenchReport } from './report.js';
import { benchText } from './text.js';

export interface BenchOptions extends InputOptions {
  readonly backends: readonly string[];
  readonly runs: number;
  readonly threads?: number;
  /** The number of rows of the per-layer table. */
  readonly layers: number;
  readonly json?: boolean;
}

/** The largest accepted difference between two backends, relative to the largest output. */
const TOLERANCE = 1e-3;

/** The number of predictions over which the times of layers are averaged. */
const LAYER_RUNS = 3;

export async function bench(file: string, options: BenchOptions, context: CommandContext): Promise<void> {
  await modelPath(file); // reports a wrong name before backends start
  await prepareBackends(options.backends);
  useThreads(options.threads);
  const contestants = await loadAll(file, options, context);
  const differences = contestants.map(({ first }) => largestDifference(contestants[0].first, first));
  warnOfDifferences(contestants, differences, context);
  await takeTurns(contestants, options.runs, context);
  const reports: BackendReport[] = [];
  for (const [i, contestant] of contestants.entries()) reports.push(await reportOf(contestant, differences[i]));
  const report: BenchReport = {
    model: file,
    parameters: contestants[0].model.countParams(),
    inputs: contestants[0].inputs.map(({ shape }) => shape),
    runs: options.runs,
    backends: reports,
  };
  if (options.json) context.printJson(report);
  else context.print(benchText(report, options.layers));
}

async function loadAll(file: string, options: BenchOptions, context: CommandContext): Promise<Contestant[]> {
  const contestants: Contestant[] = [];
  for (const backend of options.backends) {
    context.signal.throwIfAborted();
    const load = () => loadModel(file, context, `loading on ${backend}`);
    contestants.push(
      await enter(backend, load, (model) => {
        try {
          return inputShapes(model, options);
        } catch (error) {
          throw new CliError('usage', messageOf(error), error);
        }
      }),
    );
  }
  return contestants;
}

function warnOfDifferences(
  contestants: readonly Contestant[],
  differences: readonly number[],
  context: CommandContext,
): void {
  contestants.forEach(({ backend }, i) => {
    if (differences[i] <= TOLERANCE) return;
    const size = differences[i].toExponential(1);
    context.warn(
      `${backend} differs from ${contestants[0].backend} by ${size} of the largest output: do not trust its time`,
    );
  });
}

async function takeTurns(contestants: readonly Contestant[], runs: number, { signal }: CommandContext): Promise<void> {
  await withBar('predicting', async (update) => {
    for (let i = 0; i < runs; i++) {
      for (const contestant of contestants) {
        await new Promise((resolve) => setTimeout(resolve)); // lets Node handle Ctrl+C
        signal.throwIfAborted();
        await takeTurn(contestant);
      }
      update((i + 1) / runs);
    }
  });
}

async function reportOf(contestant: Contestant, difference: number): Promise<BackendReport> {
  const { backend, loadMs, firstMs, times } = contestant;
  await startBackend(backend);
  const memory = memoryOf(contestant);
  const layers = await measureLayers(contestant, Math.min(LAYER_RUNS, times.length));
  return { backend, loadMs, firstMs, times, ...figuresOf(times), memory, difference, layers };
}

// The metrics of compile(): names and functions, of which TensorFlow.js finds the names, and metrics with state.

import { expandDims, type Tensor } from '@tensorflow/tfjs-core';
import type { ModelCompileArgs } from '@tensorflow/tfjs-layers';
import { KerasValueError } from '../base/kerasValueError.js';
import { MeanMetricWrapper } from '../metrics/means.js';
import { isMetric, type Metric } from '../metrics/metric.js';
import type { Slots } from './arrangeTensors.js';
import { type OutputMetric, Trackers } from './fit/trackers.js';
import { kerasMetric } from './kerasNames.js';

type MetricFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** A name, a function of targets and predictions, or a metric with state. */
export type MetricLike = string | MetricFunction | Metric;
type Several = MetricLike | readonly (MetricLike | null)[] | null;

/** Metrics: one or a list of them, a list for each output, or by the names of outputs. */
export type MetricsArg = Several | readonly Several[] | Readonly<Record<string, Several>>;

/** The metrics of each output. @throws ValueError for names of outputs that the model does not have. */
function byName(given: MetricsArg | undefined, outputNames: readonly string[]): MetricLike[][] {
  const list = (one: Several | readonly Several[] | undefined): MetricLike[] =>
    [one ?? []].flat(2).filter((metric) => metric !== null) as MetricLike[];
  if (given == null || typeof given !== 'object' || isMetric(given))
    return outputNames.map(() => list(given as Several));
  if (Array.isArray(given)) {
    const isByOutput = outputNames.length > 1 && given.some((one) => one === null || Array.isArray(one));
    return outputNames.map((_, i) => list(isByOutput ? given[i] : given));
  }
  const dictionary = given as Readonly<Record<string, Several>>;
  const unknown = Object.keys(dictionary).filter((name) => !outputNames.includes(name));
  if (unknown.length > 0) {
    throw new KerasValueError(
      `compile: metrics must go by the names of the outputs ${outputNames.join(', ')}. Received: metrics of ${unknown.join(', ')}`,
    );
  }
  return outputNames.map((name) => list(dictionary[name]));
}

/** What stands for a metric with state where TensorFlow.js asks for a function; it goes by the function's name. */
interface StandIn extends MetricFunction {
  readonly metric: Metric;
}

function standIn(metric: Metric): StandIn {
  const run = (): Tensor => {
    throw new Error(`the metric '${metric.name}' has state; received a call`);
  };
  return Object.assign(Object.defineProperty(run, 'name', { value: metric.name }), { metric });
}

/** The metrics of a compilation by output, in the form in which TensorFlow.js takes them. */
export interface MetricsByOutput {
  /** For compile(). */
  readonly forTfjs: ModelCompileArgs['metrics'];
  /** How many of each output's metrics see no weights; the others follow them. */
  readonly unweighted: readonly number[];
  /** The functions that the user gave, to which targets go as they are. */
  readonly given: ReadonlySet<unknown>;
}

export function metricsByOutput(
  metrics: MetricsArg | undefined,
  weightedMetrics: MetricsArg | undefined,
  outputNames: readonly string[],
): MetricsByOutput {
  const [plain, weighted] = [metrics, weightedMetrics].map((given) => byName(given, outputNames));
  const all = outputNames.map((name, i) => {
    const found = [...plain[i], ...weighted[i]].map(kerasMetric);
    const functions = found.map((one) => (isMetric(one) ? standIn(one) : one));
    return [name, functions] as const;
  });
  const twin = outputNames.find(
    (name, i) => outputNames.indexOf(name) !== i && all.some(([, list]) => list.length > 0),
  );
  if (twin !== undefined) {
    throw new KerasValueError(
      `compile: two outputs of one name have no metrics here, which go by names. Received: metrics, and outputs ${outputNames.join(', ')}`,
    );
  }
  return {
    forTfjs: Object.fromEntries(all) as unknown as ModelCompileArgs['metrics'],
    unweighted: plain.map(({ length }) => length),
    given: new Set(all.flatMap(([, functions]): readonly unknown[] => functions)),
  };
}

/** What TensorFlow.js has found. */
interface Compiled {
  readonly outputNames: readonly string[];
  readonly lossFunctions: readonly unknown[];
  readonly metricsTensors: readonly (readonly [MetricFunction, number])[];
  readonly metricsNames: readonly string[];
}

/** How many outputs report their losses: none where only one has a loss, as in Keras 3; tf.keras reports that one. */
function reportedLosses(
  { outputNames, lossFunctions }: Pick<Compiled, 'outputNames' | 'lossFunctions'>,
  reportsOne: boolean,
): number {
  const count = outputNames.length > 1 ? lossFunctions.filter((loss) => loss !== null).length : 0;
  return count > 1 || reportsOne ? count : 0;
}

/** Which of TensorFlow.js's metrics are reported: it has a loss of each output, also of one without. */
export function areReported(model: Compiled, reportsOne: boolean): boolean[] {
  const areLosses = model.outputNames.length > 1 ? model.outputNames.length : 0;
  const reportsLosses = reportedLosses(model, reportsOne) > 0;
  return model.metricsTensors.map(([metric], i) => metric !== null && (i >= areLosses || reportsLosses));
}

/** Under which names logs show what an output has. */
export interface ShownNames {
  readonly losses: readonly string[];
  readonly metrics: readonly string[];
  /** Whether the only loss among several outputs has a name of its own beside the total. */
  readonly reportsOneLoss: boolean;
}

/**
 * As Keras: losses go by keys, and metrics by the names of layers where structures are nested. tf.keras goes by the names of
 * layers always, a second one of a layer as `dense_1`.
 */
export function shownNames({ structure, names, layerNames = names }: Slots, byLayer: boolean): ShownNames {
  if (byLayer) {
    const taken = new Set<string>();
    const unique = layerNames.map((name) => freeLabel(name, taken));
    return { losses: unique, metrics: unique, reportsOneLoss: true };
  }
  const isFlat = typeof structure === 'number' || Object.values(structure).every((child) => typeof child === 'number');
  return { losses: names, metrics: isFlat ? names : layerNames, reportsOneLoss: false };
}

/** The trackers of a compiled model. */
export function makeTrackers(
  { outputNames, lossFunctions, metricsTensors, metricsNames }: Compiled,
  { unweighted, given }: MetricsByOutput,
  shown: ShownNames,
): Trackers {
  // With several losses they come first.
  const losses = reportedLosses({ outputNames, lossFunctions }, shown.reportsOneLoss);
  // Without the total. TensorFlow.js has put the names of several outputs before those of losses and metrics.
  const names = metricsNames.slice(1).map((label, i) => {
    const output = metricsTensors[i][1];
    const prefix = `${outputNames[output]}_`;
    const own = (i < losses ? shown.losses : shown.metrics)[output];
    return outputNames.length > 1 && label.startsWith(prefix) ? `${own}_${label.slice(prefix.length)}` : label;
  });
  const seen = outputNames.map(() => 0);
  const taken = new Set(['loss', ...names.slice(0, losses)]);
  const metrics = metricsTensors.slice(losses).map(([found, output], i): OutputMetric => {
    const metric = 'metric' in found ? (found as StandIn).metric : asMetric(found, given.has(found));
    const isWeighted = seen[output]++ >= unweighted[output];
    const label = uniqueLabel(names[losses + i], metric.name, isWeighted, taken);
    return { label, metric, output, isWeighted };
  });
  const labels = names.slice(0, losses).map((name, i) => [name, metricsTensors[i][1]] as const);
  return new Trackers(labels, metrics);
}

/** A function of TensorFlow.js would compare each target with each output where targets lack a last axis of 1. */
function asMetric(found: MetricFunction, isOwn: boolean): Metric {
  if (isOwn) return new MeanMetricWrapper({ fn: found });
  const fn: MetricFunction = (yTrue, yPred) => found(withLastAxis(yTrue, yPred), yPred);
  return new MeanMetricWrapper({ fn, name: found.name });
}

function withLastAxis(yTrue: Tensor, { rank, shape }: Tensor): Tensor {
  return yTrue.rank === rank - 1 && shape[rank - 1] === 1 ? expandDims(yTrue, -1) : yTrue;
}

/** As Keras: a second `auc` is `auc_1`, and one that sees weights is `weighted_auc`. */
function uniqueLabel(label: string, name: string, isWeighted: boolean, taken: Set<string>): string {
  const full =
    isWeighted && taken.has(label) && label.endsWith(name) ? `${label.slice(0, -name.length)}weighted_${name}` : label;
  return freeLabel(full, taken);
}

function freeLabel(label: string, taken: Set<string>): string {
  let found = label;
  for (let i = 1; taken.has(found); i++) found = `${label}_${i}`;
  taken.add(found);
  return found;
}

// Compiles a loaded model as its file says: `compile_config` of a .keras archive, `training_config` of an .h5 file
// or a model.json.
// Source: https://keras.io/api/models/model_saving_apis/model_saving_and_loading/ (compile)

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { messageOf } from '../../core/errors.js';
import { isJsonObject, isKerasObject, type Json, type JsonObject } from '../../core/json.js';
import { majorOf } from '../../core/kerasVersion.js';
import { isDeep } from '../../core/tensorTree.js';
import { getLoss } from '../../layers/losses/losses.js';
import { getMetric } from '../../layers/losses/metrics.js';
import { KerasOptimizer } from '../../layers/optimizers/kerasOptimizer.js';
import { type AnyKerasOptimizer, getOptimizer, isKerasOptimizer } from '../../layers/optimizers/optimizers.js';
import { followTfKeras } from '../../layers/optimizers/tfKerasRules.js';
import { byOutput } from '../../layers/run/arrangeTensors.js';
import type { KerasCompileArgs } from '../../layers/run/compileLosses.js';
import { type MetricLike, shownNames } from '../../layers/run/compileMetrics.js';
import type { ModelStructure } from '../../layers/run/kerasModel.js';
import type { KerasModel } from '../../layers/run/models.js';
import type { CustomObjects } from '../graph/customObjects.js';
import type { StoredValue } from '../weights/storedValue.js';
import { fillByName } from './namedState.js';
import { asKeras3, type Family, familyOf, ordersOf, productOfDecays, unwrapped, withoutOutput } from './olderForms.js';
import { slotNames } from './tfjsState.js';
import { trainableVariables } from './trainableVariables.js';

/** What a file says about the training of its model. */
export interface Compilation {
  /** Optimizer, loss, metrics and weights of losses. */
  readonly config: JsonObject;
  /** The state of the optimizer in Keras's order; [] where there is none. */
  readonly state: readonly StoredValue[];
  /** The state by names, in a model.json that TensorFlow.js saved. */
  readonly namedState?: {
    readonly values: readonly StoredValue[];
    /** The class, where the optimizer was one of TensorFlow.js's own. */
    readonly tfjsClass: string | null;
  };
  /** Whether a .keras archive may hold the config as it is. */
  readonly isVerbatim: boolean;
  readonly kerasVersion: string;
  /** Whether the names of metrics begin with those of their outputs, where there are several: in an .h5 of tf.keras. */
  readonly namesHaveOutputs: boolean;
  /** The version by whose rules the model runs. */
  readonly rulesVersion: string;
}

/** What the file of a model says of its loss and metrics, as long as it is compiled so. */
const asInFile = new WeakMap<object, { readonly loss: unknown; readonly config: JsonObject }>();

/** The compile_config of the model's file, if nobody has compiled it since. It may hold metrics that nobody knows here. */
export function configInFile({ optimizer, loss }: Pick<LayersModel, 'optimizer' | 'loss'>): JsonObject | undefined {
  const found = optimizer && asInFile.get(optimizer);
  return found && found.loss === loss ? found.config : undefined;
}

const MAX_LEAVES = 1000; // losses and metrics; compile() takes time in the square of their number

interface Options {
  readonly customObjects?: CustomObjects;
  readonly warn: (message: string) => void;
}

/** Compiles a model. What this package has no form for leaves it uncompiled, with a warning that says why. */
export function compileAsSaved(model: LayersModel, compilation: Compilation, options: Options): void {
  const { config, state } = compilation;
  const { loss = null, optimizer: written = config.optimizer_config } = config;
  if (loss === null || written == null) return;
  const leaves = [loss, config.metrics, config.weighted_metrics].reduce<number>(
    (sum, tree) => sum + countLeaves(tree),
    0,
  );
  if (leaves > MAX_LEAVES) {
    options.warn(`the model is not compiled: it may have ${MAX_LEAVES} losses and metrics; received ${leaves}`);
    return;
  }
  const { namedState } = compilation;
  // TensorFlow.js's own, and what this package gave to its model.save(), have the arguments of Keras 3 by now.
  const family = namedState ? 'keras3' : familyOf(written, compilation.kerasVersion);
  try {
    const { customObjects } = options;
    const optimizer = getOptimizer(asKeras3(written, family), { customObjects });
    if (majorOf(compilation.rulesVersion) === 2 && isKerasOptimizer(optimizer)) followTfKeras(ownerOf(optimizer));
    const args: KerasCompileArgs = {
      optimizer,
      loss: mapLeaves(loss, (leaf) => getLoss(leaf, {}, { customObjects })) as KerasCompileArgs['loss'],
      metrics: metricsOf(model, config.metrics, compilation, options),
      weightedMetrics: metricsOf(model, config.weighted_metrics, compilation, options),
      lossWeights: config.loss_weights as KerasCompileArgs['lossWeights'],
    };
    (model as KerasModel).compile(args);
    // model.dispose() frees the optimizer's state, which nobody else knows of.
    Object.assign(model, { isOptimizerOwned: true });
    if ('model' in model) Object.assign(model.model as object, { isOptimizerOwned: true });
    if (compilation.isVerbatim) asInFile.set(optimizer, { loss: model.loss, config });
    if (!isKerasOptimizer(optimizer) || (state.length === 0 && !namedState?.values.length)) return;
    const read = () =>
      namedState
        ? readNamedState(optimizer, model, namedState, options)
        : readState(optimizer, model, { state, family }, options);
    if (optimizer instanceof KerasOptimizer) optimizer.restoreLater(read);
    else read();
  } catch (error) {
    options.warn(`the model is not compiled: ${messageOf(error)}`);
  }
}

function countLeaves(tree: Json | undefined): number {
  let leaves = 0;
  mapLeaves(tree ?? null, () => leaves++);
  return leaves;
}

/** The optimizer that has the state of the variables. */
function ownerOf(optimizer: AnyKerasOptimizer): KerasOptimizer {
  return optimizer instanceof KerasOptimizer ? optimizer : optimizer.innerOptimizer;
}

function mapLeaves(value: Json, map: (leaf: Json) => unknown): unknown {
  if (value === null) return null;
  if (typeof value === 'string' || isKerasObject(value)) return map(value);
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item as Json, map));
  if (!isJsonObject(value)) return map(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLeaves(item, map)]));
}

/** Metrics of nobody knows which class are left out, with a warning. */
function metricsOf(
  model: LayersModel,
  given: Json | undefined,
  { namesHaveOutputs, rulesVersion }: Compilation,
  { customObjects, warn }: Options,
): KerasCompileArgs['metrics'] {
  const known = (leaf: Json, label?: string) => {
    try {
      const byTfKeras = majorOf(rulesVersion) === 2;
      return getMetric(withoutOutput(unwrapped(leaf), label), { customObjects, byTfKeras });
    } catch (error) {
      warn(`a metric is left out: ${messageOf(error)}`);
      return null;
    }
  };
  const flat = (value: Json, label?: string) => {
    const found = mapLeaves(value, (leaf) => known(leaf, label)) as MetricLike | null;
    return [found].flat(2).filter((metric) => metric !== null) as MetricLike[];
  };
  // Compiled with a list of lists, or with a list for each output.
  if (given == null) return [];
  const outputs = (model as { readonly structure?: ModelStructure }).structure?.outputs;
  const metrics = outputs && isDeep(outputs.structure) ? byOutput(given, outputs) : given;
  const { outputNames = [] } = model; // a Sequential model has none
  const labels = namesHaveOutputs && outputs && outputNames.length > 1 ? shownNames(outputs, true).metrics : [];
  if (isJsonObject(metrics) && !isKerasObject(metrics)) {
    const labelOf = (name: string) => (labels.includes(name) ? name : labels[outputNames.indexOf(name)]);
    return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, flat(value, labelOf(name))]));
  }
  if (outputNames.length <= 1 || !Array.isArray(metrics)) return flat(metrics);
  return Object.fromEntries(metrics.map((value, i) => [outputNames[i], flat(value as Json, labels[i])]));
}

function readNamedState(
  optimizer: AnyKerasOptimizer,
  model: LayersModel,
  { values, tfjsClass }: NonNullable<Compilation['namedState']>,
  { warn }: Options,
): void {
  const rate = ownerOf(optimizer).learningRate;
  const slots = tfjsClass === null ? undefined : slotNames(tfjsClass, rate);
  const problem = fillByName(optimizer.stateOf(trainableVariables(model)), values, { slots, isOfFile: true });
  if (problem !== undefined) warn(`the optimizer's state is left out: ${problem}`);
}

/** Sets the optimizer's state. One of another model, or of another freezing, is left out with a warning, as in Keras. */
function readState(
  optimizer: AnyKerasOptimizer,
  model: LayersModel,
  { state: stored, family }: { readonly state: readonly StoredValue[]; readonly family: Family },
  { warn }: Options,
): void {
  const variables = trainableVariables(model);
  // A loss scale of tf.keras has no state of its own in files: it begins anew there too.
  const owner = family === 'keras3' ? optimizer : ownerOf(optimizer);
  const entries = owner.stateOf(variables);
  const className = owner.getClassName();
  const orders = ordersOf(family, entries, className);
  // SGD of tf.keras has momenta that it does not use.
  const unused = family === 'tfkeras' && className === 'SGD' && !owner.getConfig().momentum ? variables.length : 0;
  const wanted = orders.find(
    (order) =>
      order.length + unused === stored.length &&
      order.every(({ shape }, i) => String(shape) === String(stored[i].shape)),
  );
  if (!wanted) {
    if (stored[0].numbers()[0] === 0) return; // no step was made: Keras writes two numbers then, which the config has too
    warn(
      `the optimizer's state is left out: it has ${stored.length} variables in the file, of other shapes or in another number than the ${orders[0].length} of the model`,
    );
    return;
  }
  wanted.forEach((entry, i) => {
    entry.write(stored[i].numbers());
  });
  const product = entries.find(({ name }) => name === 'u_product');
  if (product && !wanted.includes(product)) {
    product.write([productOfDecays(owner.getConfig().beta_1 as number, owner.iterations, variables.length)]);
  }
}

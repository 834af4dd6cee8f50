// One step of fit() and of evaluate(). The loss leaves masked positions out, as Keras's does: the mean over the positions
// that count. Sources: https://keras.io/guides/understanding_masking_and_padding/ and the losses of three steps that real
// Keras recorded (test/fixtures).

import { add, keep, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { maskOf } from '../base/masks.js';
import { meanOfUnmasked, reduceLoss, totalLoss } from './compileLosses.js';
import type { KerasRules } from './kerasRules.js';
import type { RunsGraph } from './openModel.js';
import { undoOnError } from './undoStep.js';

type Model = Pick<LayersModel, 'inputs' | 'outputs' | 'lossFunctions' | 'metricsTensors' | 'calculateLosses'> &
  Pick<RunsGraph, 'collectedTrainableWeights' | 'optimizer_'> & {
    readonly rules: KerasRules;
    readonly lossWeights: readonly number[];
  };
type Run = (inputs: readonly Tensor[]) => Tensor[];

interface Batch {
  readonly inputs: readonly Tensor[];
  readonly targets: readonly Tensor[];
  /** One for each output; absent where none is weighted. */
  readonly weights: readonly (Tensor | null | undefined)[];
}

export function makeTrainStep(model: Model, run: Run): (data: Tensor[]) => Scalar[] {
  return (data) => {
    const batch = split(model, data);
    const metrics: Scalar[] = [];
    const computeLoss = (): Scalar => {
      const outputs = run(batch.inputs);
      const losses = lossesOf(model, batch, outputs);
      for (const value of metricsOf(model, batch, outputs, losses)) metrics.push(keep(value));
      return [totalLoss(losses, model.lossWeights), ...model.calculateLosses()].reduce((a, b) => add(a, b));
    };
    const variables = model.collectedTrainableWeights.map((weight) => weight.read());
    // TensorFlow.js refuses a step without variables; Keras computes its loss.
    const loss = undoOnError(metrics, () =>
      variables.length === 0
        ? computeLoss()
        : (model.optimizer_.minimize(computeLoss, true, variables as never) as Scalar),
    );
    return [loss, ...metrics];
  };
}

export function makeTestStep(model: Model, run: Run): (data: Tensor[]) => Scalar[] {
  return (data) =>
    tidy(() => {
      const batch = split(model, data);
      const outputs = run(batch.inputs);
      const losses = lossesOf(model, batch, outputs);
      return [totalLoss(losses, model.lossWeights), ...metricsOf(model, batch, outputs, losses)];
    });
}

function split({ inputs, outputs }: Model, data: readonly Tensor[]): Batch {
  const targets = inputs.length;
  const weights = targets + outputs.length;
  return { inputs: data.slice(0, targets), targets: data.slice(targets, weights), weights: data.slice(weights) };
}

/** The loss of each output; null for an output without one. */
type Losses = readonly (Scalar | null)[];

function lossesOf(model: Model, { targets, weights }: Batch, outputs: readonly Tensor[]): Losses {
  return (model.lossFunctions as readonly (LayersModel['lossFunctions'][number] | null)[]).map((loss, i) => {
    if (loss === null) return null;
    const values = loss(targets[i], outputs[i]);
    return reduceLoss(loss, values, weights[i] ?? null, maskOf(outputs[i]), model.rules.lossMasksGrow);
  });
}

/** With several outputs TensorFlow.js reports their losses first, under the names of the outputs. */
function metricsOf(model: Model, { targets }: Batch, outputs: readonly Tensor[], losses: Losses): Scalar[] {
  const reported = outputs.length > 1 ? losses.filter((loss) => loss !== null).length : 0;
  return model.metricsTensors.map(([metric, output], i) => {
    if (i < reported) return (losses[output] as Scalar).clone();
    const values = metric(targets[output], outputs[output]);
    return meanOfUnmasked(values, model.rules.metricsSeeMasks ? maskOf(outputs[output]) : null);
  });
}

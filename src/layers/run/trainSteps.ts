// One step of fit() and of evaluate(). The loss leaves masked positions out, as Keras's does: the mean over the positions
// that count. Sources: https://keras.io/guides/understanding_masking_and_padding/ and the losses of three steps that real
// Keras recorded (test/fixtures).

import { add, clone, dispose, keep, mul, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { withLogits } from '../base/logits.js';
import { inLossRound } from '../base/lossRound.js';
import { maskOf, setMask } from '../base/masks.js';
import { reduceLoss, summedValues, totalLoss } from './compileLosses.js';
import type { Batch } from './fit/batchSource.js';
import type { Trackers } from './fit/trackers.js';
import type { KerasRules } from './kerasRules.js';
import type { RunsGraph } from './openModel.js';
import { undoOnError } from './undoStep.js';

type Model = Pick<LayersModel, 'lossFunctions' | 'calculateLosses'> &
  Pick<RunsGraph, 'collectedTrainableWeights' | 'optimizer_'> & {
    readonly rules: KerasRules;
    readonly lossWeights: readonly number[];
    readonly trackers: Trackers;
    run(inputs: readonly Tensor[], training?: boolean): Tensor[];
  };

/** Updates the variables, and tells the trackers what came out. */
export function trainBatch(model: Model, batch: Batch): void {
  const kept: Tensor[] = [];
  const keepCopy = <T extends Tensor>(x: T): T => {
    const copy = keep(clone(x));
    kept.push(copy);
    return copy;
  };
  // What outlives the gradients: metrics are computed after these, so that nothing of them is recorded.
  let outputs: readonly Tensor[] = [];
  let losses: Losses = [];
  let mean: Scalar | null = null;
  const computeLoss = (): Scalar => {
    const computed = model.run(batch.inputs, true);
    const { losses: found, summed } = lossesOf(model, batch, computed);
    outputs = computed.map((output) => copyWithMask(output, keepCopy));
    losses = found.map((loss) => loss && keepCopy(loss));
    const total = withRegularization(model, found);
    if (summed === 1) return total;
    mean = keepCopy(total);
    return mul(total, summed);
  };
  inLossRound(() =>
    undoOnError(kept, () =>
      withLogits(model.rules.hasTfKerasLosses, () => {
        const variables = model.collectedTrainableWeights.map((weight) => weight.read());
        // TensorFlow.js refuses a step without variables; Keras computes its loss.
        const loss =
          variables.length === 0
            ? computeLoss()
            : (model.optimizer_.minimize(computeLoss, true, variables as never) as Scalar);
        track(model, batch, { outputs, losses, loss: mean ?? loss });
      }),
    ),
  );
  dispose(kept);
}

/** Tells the trackers the losses and outputs of a batch in inference. */
export function testBatch(model: Model, batch: Batch): void {
  inLossRound(() =>
    tidy(() =>
      withLogits(model.rules.hasTfKerasLosses, () => {
        const outputs = model.run(batch.inputs, false);
        const { losses } = lossesOf(model, batch, outputs);
        track(model, batch, { outputs, losses, loss: withRegularization(model, losses) });
      }),
    ),
  );
}

interface Computed {
  readonly outputs: readonly Tensor[];
  readonly losses: Losses;
  readonly loss: Tensor;
}

function track(model: Model, { inputs, targets, weights }: Batch, computed: Computed): void {
  model.trackers.update({ size: inputs[0].shape[0], targets, weights, ...computed }, model.rules);
}

function copyWithMask(x: Tensor, copy: (x: Tensor) => Tensor): Tensor {
  const mask = maskOf(x);
  const copied = copy(x);
  if (mask) setMask(copied, copy(mask));
  return copied;
}

function withRegularization(model: Model, losses: Losses): Scalar {
  return [totalLoss(losses, model.lossWeights), ...model.calculateLosses()].reduce((a, b) => add(a, b));
}

/** The loss of each output; null for an output without one. */
type Losses = readonly (Scalar | null)[];

function lossesOf(
  model: Model,
  { targets, weights }: Batch,
  outputs: readonly Tensor[],
): { readonly losses: Losses; readonly summed: number } {
  let summed = 1;
  const losses = (model.lossFunctions as readonly (LayersModel['lossFunctions'][number] | null)[]).map((loss, i) => {
    if (loss === null) return null;
    const values = loss(targets[i], outputs[i]);
    summed = Math.max(summed, summedValues(loss, values));
    return reduceLoss(loss, values, weights[i] ?? null, maskOf(outputs[i]), model.rules.lossMasksGrow);
  });
  return { losses, summed };
}

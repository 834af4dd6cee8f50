// The loss and the metrics of a compiled model over the batches of an epoch, as Keras tells them: the loss as the mean over
// examples, each metric as what it makes of all batches.
// Source: https://keras.io/api/models/model_training_apis/ and histories of real Keras (test/layers/run)

import {
  add,
  cast,
  clone,
  dispose,
  div,
  expandDims,
  keep,
  mul,
  scalar,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { majorOf } from '../../../core/kerasVersion.js';
import { maskOf, setMask } from '../../base/masks.js';
import { MeanMetricWrapper } from '../../metrics/means.js';
import type { Metric } from '../../metrics/metric.js';
import { maskedWeight, toSameRank } from '../../metrics/samplewise.js';
import type { KerasRules } from '../kerasRules.js';
import { LogVector } from './logs.js';

/** A metric of one output. */
export interface OutputMetric {
  readonly label: string;
  readonly metric: Metric;
  readonly output: number;
  /** Whether sample weights count. */
  readonly isWeighted: boolean;
}

/** What a step has computed. */
export interface Seen {
  readonly size: number;
  readonly targets: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly weights: readonly (Tensor | null | undefined)[];
  /** The total, and that of each output; null for an output without one. */
  readonly loss: Tensor;
  readonly losses: readonly (Tensor | null)[];
}

/** The mean over examples of the means of batches. A metric would take three times as many kernels for it. */
class LossMean {
  #sum: Tensor | null = null;
  #count = 0;

  add(loss: Tensor, size: number): void {
    const sum = tidy(() => {
      const ofBatch = mul(cast(loss, 'float32'), size);
      return keep(this.#sum ? add(this.#sum, ofBatch) : ofBatch);
    });
    this.resetState(sum, this.#count + size);
  }

  /** 0 where nothing has been added. The caller's. */
  result(): Tensor {
    return this.#sum ? tidy(() => div(this.#sum as Tensor, this.#count)) : scalar(0);
  }

  resetState(sum: Tensor | null = null, count = 0): void {
    this.#sum?.dispose();
    this.#sum = sum;
    this.#count = count;
  }
}

export class Trackers {
  readonly #loss = new LossMean();
  readonly #losses: readonly { readonly output: number; readonly mean: LossMean }[];
  readonly #metrics: readonly OutputMetric[];
  readonly #all: readonly (readonly [string, Metric | LossMean])[];

  /** @param losses The labels of the outputs that have a loss, with their number; [] where there is one output. */
  constructor(losses: readonly (readonly [label: string, output: number])[], metrics: readonly OutputMetric[]) {
    const means = losses.map(([label, output]) => ({ label, output, mean: new LossMean() }));
    this.#losses = means;
    this.#metrics = metrics;
    this.#all = [
      ['loss', this.#loss],
      ...means.map(({ label, mean }) => [label, mean] as const),
      ...metrics.map(({ label, metric }) => [label, metric] as const),
    ];
  }

  /** Under these names logs show the values. */
  get labels(): string[] {
    return this.#all.map(([label]) => label);
  }

  /** The metric that logs show under a name. */
  metricOf(label: string): Metric | undefined {
    return this.#metrics.find((one) => one.label === label)?.metric;
  }

  /** Adds a batch. */
  update({ size, targets, outputs, weights, loss, losses }: Seen, rules: KerasRules): void {
    this.#loss.add(loss, size);
    for (const { mean, output } of this.#losses) mean.add(losses[output] as Tensor, size);
    if (this.#metrics.length === 0) return;
    tidy(() => {
      for (const { metric, output, isWeighted } of this.#metrics) {
        const y = clone(outputs[output]);
        const mask = rules.metricsSeeMasks ? maskOf(outputs[output]) : null;
        const weight = (isWeighted && weights[output]) || null;
        const isShort = rules.lossMasksGrow && weight?.rank === (mask?.rank ?? 0) - 1;
        const given = weight && isShort ? expandDims(weight, -1) : weight;
        // From Keras 3 on a mask counts in means of functions alone.
        const isMean = metric instanceof MeanMetricWrapper;
        const masked = isMean || majorOf(rules.version) === 3 ? given : maskedWeight(given, mask);
        // In Keras 2 all metrics see targets and predictions of one rank, in Keras 3 most see to it themselves.
        const pair = majorOf(rules.version) === 2 ? toSameRank(targets[output], y) : ([targets[output], y] as const);
        if (isMean) setMask(pair[1], mask);
        metric.updateState(...pair, masked);
      }
    });
  }

  /** The value of a label so far. The caller's. */
  result(label: string): Tensor {
    const [, metric] = this.#all.find(([name]) => name === label) as readonly [string, Metric | LossMean];
    return metric.result();
  }

  /** The values of all labels. The caller's. */
  results(): Tensor[] {
    return this.#all.map(([, metric]) => metric.result());
  }

  /** The values of all labels as numbers. */
  async values(): Promise<Record<string, number | LogVector>> {
    const results = this.results();
    try {
      const found = await Promise.all(results.map((result) => result.data()));
      const entries = this.#all.map(([label], i) => {
        const values = Array.from(found[i] as Float32Array);
        return [label, results[i].rank === 0 ? values[0] : new LogVector(values)] as const;
      });
      return Object.fromEntries(entries);
    } finally {
      dispose(results);
    }
  }

  /** Forgets all batches. */
  reset(): void {
    for (const [, metric] of this.#all) metric.resetState();
  }
}

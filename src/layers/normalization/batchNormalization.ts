// The layer BatchNormalization. It normalizes by the moving statistics at inference and by those of the batch in
// training.
// Sources: https://keras.io/api/layers/normalization_layers/batch_normalization/ and https://arxiv.org/abs/1502.03167

import { add, mul, ones, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { isBefore } from '../../core/kerasVersion.js';
import { batchNormTraining } from '../../ops/batchNormTraining.js';
import { boolean, initializer, number } from '../base/fields.js';
import type { InitializerLike } from '../base/identifiers.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { assignUnconstrained } from '../base/variables.js';
import { builtWeight, weightOptions } from '../base/weights.js';
import type { Initializer } from '../initializers/initializers.js';
import {
  type AffineArgs,
  affineInitializers,
  affineRegularizersAndConstraints,
  centerAndScale,
} from './affineFields.js';
import { batchMoments, normalizeBy, type Statistics } from './batchStatistics.js';
import { knownSizes, oneAxis, positiveAxes } from './normalizationAxes.js';
import { correctAffine, type RenormVariables, renormClipping, sqrtInitializer, updateRenorm } from './renorm.js';

const fields = {
  axis: oneAxis(-1),
  momentum: number(0.99),
  epsilon: number(0.001),
  ...centerAndScale,
  ...affineInitializers,
  movingMeanInitializer: initializer('zeros'),
  movingVarianceInitializer: initializer('ones'),
  ...affineRegularizersAndConstraints,
  synchronized: boolean(false),
  renorm: boolean(false),
  renormClipping: renormClipping(),
  renormMomentum: number(0.99),
};

/** The arguments of Keras's BatchNormalization. */
export interface BatchNormalizationArgs extends BaseLayerArgs, AffineArgs {
  /** The axis of the channels. Default -1. */
  axis?: number | readonly [number];
  /** Weight of the old value when training updates the moving statistics. Default 0.99. */
  momentum?: number;
  /** Added to the variance. Default 0.001. */
  epsilon?: number;
  /** Default 'zeros'. */
  movingMeanInitializer?: InitializerLike;
  /** Default 'ones'. */
  movingVarianceInitializer?: InitializerLike;
  /** Kept in the config. Without effect, since there is one device. */
  synchronized?: boolean;
  /** Batch renormalization, https://arxiv.org/abs/1702.03275. Default false. */
  renorm?: boolean;
  /** Limits of batch renormalization: rmax, rmin and dmax. Default null: none. */
  renormClipping?: Readonly<Record<string, number>> | null;
  /** Momentum of the statistics that batch renormalization uses in training. Default 0.99. */
  renormMomentum?: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta, per channel.
 *
 * Input and output: float32 of any rank, with the channels along `axis`. In training, if the layer is trainable, mean
 * and variance are those of the batch and update the moving ones. Otherwise they are the moving ones. A layer of a file
 * of tf.keras 2 follows its fused kernel where that has one.
 * Source: https://keras.io/api/layers/normalization_layers/batch_normalization/
 *
 * @throws ValueError for an axis out of bounds or of unknown size, several axes, and inputs of another rank or size.
 */
export class BatchNormalization extends KerasLayer<typeof fields> {
  static readonly className: string = 'BatchNormalization';
  /** Arguments of Keras 2 about how it computes; they do not change the results. */
  static override readonly ignoredKeys = ['fused', 'virtualBatchSize', 'adjustment', 'mode'];

  /** Whether the call takes `reluFollows`: where relu alone reads the output, both are one pass in training. */
  static readonly mayHaveRelu = true;

  #gamma: LayerVariable | null = null;
  #beta: LayerVariable | null = null;
  #mean: LayerVariable | null = null;
  #variance: LayerVariable | null = null;
  #renorm: RenormVariables | null = null;
  /** Whether tf.keras 2 wrote the layer, which has a fused kernel for pictures and volumes. */
  readonly #hasFusedKernel: boolean;
  readonly #countsSteps: boolean;

  constructor(args: BatchNormalizationArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
    this.#hasFusedKernel = isBefore(context?.kerasVersion, 3, 0);
    this.#countsSteps = !this.#hasFusedKernel && isBefore(context?.kerasVersion, 3, 9);
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const axes = positiveAxes(config.axis, shape);
    const size = knownSizes(`layer '${this.name}'`, axes, shape);
    this.inputRules = [{ rank: shape.length, axes: { [config.axis]: size[0] } }];
    const fixed = (name: string, initializer: Initializer | null) =>
      this.addVariable(name, size, { initializer, trainable: false });
    if (config.scale) this.#gamma = this.addVariable('gamma', size, weightOptions('gamma', config));
    if (config.center) this.#beta = this.addVariable('beta', size, weightOptions('beta', config));
    this.#mean = fixed('moving_mean', config.movingMeanInitializer);
    this.#variance = fixed('moving_variance', config.movingVarianceInitializer);
    if (config.renorm) {
      this.#renorm = {
        movingStddev: fixed('moving_stddev', sqrtInitializer(config.movingVarianceInitializer)),
        mean: fixed('renorm_mean', config.movingMeanInitializer),
        stddev: fixed('renorm_stddev', sqrtInitializer(config.movingVarianceInitializer)),
      };
    }
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    positiveAxes(this.config.axis, shape);
    return shape;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const [axis] = positiveAxes(this.config.axis, x.shape);
      const { epsilon } = this.config;
      const gamma = this.#gamma?.read() ?? null;
      const beta = this.#beta?.read() ?? null;
      if (!(kwargs.training && this.trainable)) {
        const statistics = { mean: this.#moving('mean').read(), variance: this.#moving('variance').read() };
        return normalizeBy({ x, axis, statistics, epsilon, gamma, beta });
      }
      const isFused = this.#isFused(x, axis);
      const mask = isFused ? null : (kwargs.mask as Tensor | null | undefined);
      if (axis === x.rank - 1 && !mask && !this.#renorm) {
        const scale = gamma ?? ones([x.shape[axis]]);
        const offset = beta ?? zeros([x.shape[axis]]);
        const hasRelu = kwargs.reluFollows === true;
        const made = batchNormTraining({ x, gamma: scale, beta: offset, epsilon, hasRelu });
        if (made) {
          this.#updateStatistics(made, x, isFused);
          return made.y;
        }
      }
      const statistics = batchMoments(x, axis, mask && { mask, countsSteps: this.#countsSteps });
      if (this.#renorm) return this.#renormalize(this.#renorm, { x, axis, statistics, epsilon, gamma, beta });
      this.#updateStatistics(statistics, x, isFused);
      return normalizeBy({ x, axis, statistics, epsilon, gamma, beta });
    });
  }

  #updateStatistics({ mean, variance }: Statistics, x: Tensor, isFused: boolean): void {
    this.#updateMoving('mean', mean);
    this.#updateMoving('variance', isFused ? unbiased(variance, x) : variance);
  }

  #renormalize(renorm: RenormVariables, args: Parameters<typeof normalizeBy>[0]): Tensor {
    const { config } = this;
    const corrected = correctAffine(renorm, args, config.renormClipping ?? {});
    const { mean, variance } = args.statistics;
    this.#updateMoving('mean', mean);
    assignUnconstrained(this.#moving('variance'), updateRenorm(renorm, { mean, variance, ...config }));
    return normalizeBy({ ...args, ...corrected });
  }

  override getKerasConfig(): Record<string, Json> {
    const config = super.getKerasConfig();
    return config.renorm ? { ...config, renorm_clipping: config.renorm_clipping ?? {} } : config;
  }

  #moving(which: 'mean' | 'variance'): LayerVariable {
    return builtWeight(this, which === 'mean' ? this.#mean : this.#variance, `moving_${which}`);
  }

  /**
   * Whether tf.keras 2 computes the layer with its fused kernel: ranks 4 and 5, channels first or last. That kernel sees no
   * mask, and counts one value less in the moving variance. Measured with tf.keras 2.15.
   */
  #isFused({ rank }: Tensor, axis: number): boolean {
    const hasRank = rank === 4 || rank === 5;
    return this.#hasFusedKernel && hasRank && (axis === 1 || axis === rank - 1) && !this.config.renorm;
  }

  /** moving := momentum * moving + (1 - momentum) * value */
  #updateMoving(which: 'mean' | 'variance', value: Tensor): void {
    const { momentum } = this.config;
    const moving = this.#moving(which);
    assignUnconstrained(moving, add(mul(moving.read(), momentum), mul(value, 1 - momentum)));
  }
}

/** Makes a BatchNormalization layer. Arguments, shapes and errors are those of the class. */
export function batchNormalization(args: BatchNormalizationArgs = {}): BatchNormalization {
  return new BatchNormalization(args);
}

/** The variance divided by n - 1 instead of n, where there are n values per channel. */
function unbiased(variance: Tensor, { size }: Tensor): Tensor {
  const count = size / variance.size;
  return mul(variance, count / Math.max(count - 1, 1));
}

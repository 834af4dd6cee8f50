// The layer GroupNormalization: normalizes each group of channels of each example by its own mean and variance.
// Sources: https://keras.io/api/layers/normalization_layers/group_normalization/ and https://arxiv.org/abs/1803.08494

import {
  add,
  broadcastTo,
  cast,
  div,
  mean,
  mul,
  reshape,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import { isBefore } from '../../core/kerasVersion.js';
import { type Field, number } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { weightOptions } from '../base/weights.js';
import {
  type AffineArgs,
  affineInitializers,
  affineRegularizersAndConstraints,
  centerAndScale,
} from './affineFields.js';
import { broadcastShape, knownSizes, oneAxis, positiveAxes } from './normalizationAxes.js';
import { affine } from './standardize.js';

/** A positive integer, or -1 for one group per channel. */
function groupCount(): Field<number> {
  return {
    parse(given, { where, key }) {
      const value = given === undefined ? 32 : given;
      if (Number.isInteger(value) && ((value as number) > 0 || value === -1)) return value as number;
      throw new KerasValueError(
        `${where}: received an invalid value for argument \`${key}\`, expected a positive integer (or \`-1\` for instance normalization). Received: ${key}=${showValue(given)}`,
      );
    },
    serialize: (value) => value,
  };
}

const fields = {
  groups: groupCount(),
  axis: oneAxis(-1),
  epsilon: number(0.001),
  ...centerAndScale,
  ...affineInitializers,
  ...affineRegularizersAndConstraints,
};

/** The arguments of Keras's GroupNormalization. */
export interface GroupNormalizationArgs extends BaseLayerArgs, AffineArgs {
  /** Number of groups; -1 makes each channel a group. Default 32. */
  groups?: number;
  /** The axis of the channels. Default -1. */
  axis?: number;
  /** Added to the variance. Default 0.001. */
  epsilon?: number;
}

/**
 * Group normalization. Input and output: float32 of any rank above 1. gamma and beta have a value per channel.
 * Source: https://keras.io/api/layers/normalization_layers/group_normalization/
 *
 * @throws ValueError for an axis that is the batch, out of bounds or of unknown size, and channels that are not a
 *     multiple of groups.
 */
export class GroupNormalization extends KerasLayer<typeof fields> {
  static readonly className: string = 'GroupNormalization';

  #gamma: LayerVariable | null = null;
  #beta: LayerVariable | null = null;
  #groups: number;
  /** tf.keras 2.14 and 2.15 weigh the values by a mask, which must broadcast to the input. Other versions ignore it. */
  readonly #weighsMasks: boolean;

  constructor(args: GroupNormalizationArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.#weighsMasks = isBefore(context?.kerasVersion, 3, 0) && !isBefore(context?.kerasVersion, 2, 14);
    this.supportsMasking = true;
    this.#groups = this.config.groups;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(inputShape);
    const { config } = this;
    const channels = this.#checkShape(shape);
    if (config.groups === -1) this.#groups = channels;
    const groups = this.#groups;
    if (channels < groups) {
      throw new KerasValueError(
        `Number of groups (${groups}) cannot be more than the number of channels (${channels}).`,
      );
    }
    if (channels % groups !== 0) {
      throw new KerasValueError(
        `Number of groups (${groups}) must divide the number of channels (${channels}): the channels must be a multiple.`,
      );
    }
    this.inputRules = [{ rank: shape.length, axes: { [config.axis]: channels } }];
    if (config.scale) this.#gamma = this.addVariable('gamma', [channels], weightOptions('gamma', config));
    if (config.center) this.#beta = this.addVariable('beta', [channels], weightOptions('beta', config));
    super.build(inputShape);
  }

  #checkShape(shape: Shape): number {
    const axes = positiveAxes(this.config.axis, shape);
    if (axes[0] === 0) {
      throw new KerasValueError(
        `GroupNormalization: \`axis\` must not be the batch. Received: axis=${this.config.axis}, input_shape=${showValue(shape)}`,
      );
    }
    return knownSizes(`layer '${this.name}'`, axes, shape)[0];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    positiveAxes(this.config.axis, shape);
    return shape;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const [axis] = positiveAxes(this.config.axis, x.shape);
      const mask = this.#weighsMasks ? ((kwargs.mask ?? null) as Tensor | null) : null;
      const y = reshape(this.#standardize(x, axis, mask && this.#weightsOf(mask, x)), x.shape);
      const gamma = this.#gamma?.read();
      const beta = this.#beta?.read();
      return affine(y, { gamma, beta, shape: broadcastShape([axis], x.shape) });
    });
  }

  #weightsOf(mask: Tensor, { shape }: Tensor): Tensor {
    const fits = mask.shape.every((size, i) => size === 1 || size === shape[shape.length - mask.rank + i]);
    if (fits) return broadcastTo(cast(mask, 'float32'), shape);
    throw new KerasValueError(
      `GroupNormalization '${this.name}': in tf.keras 2.14 and 2.15 a mask must broadcast to the input. Received: mask.shape=${showValue(mask.shape)}, input.shape=${showValue(shape)}`,
    );
  }

  /** Averages in two steps, since only a reduction of the last axis needs no transposition. */
  #standardize(x: Tensor, axis: number, weights: Tensor | null): Tensor {
    const shape: number[] = x.shape;
    const before = util.sizeFromShape(shape.slice(1, axis));
    const after = util.sizeFromShape(shape.slice(axis + 1));
    const groups = this.#groups;
    const byGroup = reshape(x, [shape[0], before, groups, (shape[axis] / groups) * after]);
    const ofGroups = weights && reshape(weights, byGroup.shape);
    const average = (values: Tensor): Tensor => {
      if (ofGroups) return div(sum(mul(values, ofGroups), [1, 3], true), sum(ofGroups, [1, 3], true));
      const inner: Tensor = mean(values, 3, true);
      return before === 1 ? inner : mean(inner, 1, true);
    };
    const centered = sub(byGroup, average(byGroup));
    return mul(centered, rsqrt(add(average(square(centered)), this.config.epsilon)));
  }

  override getKerasConfig(): Record<string, Json> {
    return { ...super.getKerasConfig(), groups: this.#groups };
  }
}

/** Makes a GroupNormalization layer. Arguments, shapes and errors are those of the class. */
export function groupNormalization(args: GroupNormalizationArgs = {}): GroupNormalization {
  return new GroupNormalization(args);
}

// Layers that keep all values and change their order or grouping: Flatten, Reshape, Permute, RepeatVector.
// Source: https://keras.io/api/layers/reshaping_layers/

import { expandDims, reshape, type Tensor, tidy, tile, transpose, util } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { dataFormat, type Field, positiveInteger } from '../base/fields.js';
import { floatInput, onlyShape } from '../base/inputs.js';
import { type BaseLayerArgs, KerasLayer, type LayerContext } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';

const flattenFields = { dataFormat: dataFormat() };

/** The arguments of Keras's Flatten. */
export interface FlattenArgs extends BaseLayerArgs {
  /** 'channels_first' moves the channels to the end first, so that both formats give the same order. */
  dataFormat?: string | null;
}

/** Input: float32 [batch, ...]. Output: [batch, n]. Source: https://keras.io/api/layers/reshaping_layers/flatten/ */
export class Flatten extends KerasLayer<typeof flattenFields> {
  static readonly className: string = 'Flatten';

  constructor(args: FlattenArgs = {}, context?: LayerContext) {
    super(args, flattenFields, context);
    this.inputRules = [{ minRank: 1 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...others] = onlyShape(inputShape);
    return [batch, others.includes(null) ? null : util.sizeFromShape(others as number[])];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      const isTransposed = this.config.dataFormat === 'channels_first' && x.rank > 2;
      const others = x.shape.map((_, axis) => axis).slice(2);
      const transposed = isTransposed ? transpose(x, [0, ...others, 1]) : x;
      return reshape(transposed, this.computeOutputShape(x.shape) as number[]);
    });
  }
}

function targetShapeField(): Field<readonly number[]> {
  return {
    parse(value, { key }) {
      const isShape = Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= -1);
      if (isShape && value.filter((size) => size === -1).length <= 1) return value;
      throw new KerasValueError(
        `Argument \`${key}\` must be a tuple of integers, with at most one unknown dimension (-1). Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

const reshapeFields = { targetShape: targetShapeField() };

/** The arguments of Keras's Reshape. */
export interface ReshapeArgs extends BaseLayerArgs {
  /** Without the batch axis; one size may be -1, for what is left. */
  targetShape: readonly number[];
}

/** Input: float32 [batch, ...]. Source: https://keras.io/api/layers/reshaping_layers/reshape/ */
export class Reshape extends KerasLayer<typeof reshapeFields> {
  static readonly className: string = 'Reshape';

  constructor(args: ReshapeArgs, context?: LayerContext) {
    super(args, reshapeFields, context);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, ...others] = onlyShape(inputShape);
    const { targetShape } = this.config;
    if (others.includes(null)) return [batch, ...targetShape.map((size) => (size === -1 ? null : size))];
    const size = util.sizeFromShape(others as number[]);
    const known = util.sizeFromShape(targetShape.filter((n) => n !== -1));
    const hasRest = targetShape.includes(-1);
    if (hasRest ? known === 0 || size % known !== 0 : size !== known) {
      throw new KerasValueError(
        `The total size of the tensor must be unchanged (Reshape '${this.name}'). Received: input_shape=${showValue(others)}, target_shape=${showValue(targetShape)}`,
      );
    }
    return [batch, ...targetShape.map((n) => (n === -1 ? size / known : n))];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      return reshape(x, this.computeOutputShape(x.shape) as number[]);
    });
  }
}

function dimsField(): Field<readonly number[]> {
  return {
    parse(value, { key }) {
      const isOrder = Array.isArray(value) && [...value].sort((a, b) => a - b).every((axis, i) => axis === i + 1);
      if (isOrder) return value;
      throw new KerasValueError(
        `Invalid permutation argument \`${key}\` for Permute Layer. The set of indices in \`${key}\` must be consecutive and start from 1. Received ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

const permuteFields = { dims: dimsField() };

/** The arguments of Keras's Permute. */
export interface PermuteArgs extends BaseLayerArgs {
  /** The input's axes in their new order, from 1 on: the batch axis stays. */
  dims: readonly number[];
}

/** Input: float32 of rank dims.length + 1. Source: https://keras.io/api/layers/reshaping_layers/permute/ */
export class Permute extends KerasLayer<typeof permuteFields> {
  static readonly className: string = 'Permute';

  constructor(args: PermuteArgs, context?: LayerContext) {
    super(args, permuteFields, context);
    this.inputRules = [{ rank: this.config.dims.length + 1 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    return [shape[0], ...this.config.dims.map((axis) => shape[axis])];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => transpose(floatInput(inputs), [0, ...this.config.dims]));
  }
}

const repeatFields = { n: positiveInteger() };

/** The arguments of Keras's RepeatVector. */
export interface RepeatVectorArgs extends BaseLayerArgs {
  /** How many times. */
  n: number;
}

/**
 * Input: float32 [batch, channels]. Output: [batch, n, channels].
 * Source: https://keras.io/api/layers/reshaping_layers/repeat_vector/
 */
export class RepeatVector extends KerasLayer<typeof repeatFields> {
  static readonly className: string = 'RepeatVector';

  constructor(args: RepeatVectorArgs, context?: LayerContext) {
    super(args, repeatFields, context);
    this.inputRules = [{ rank: 2 }];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, channels] = onlyShape(inputShape);
    return [batch, this.config.n, channels];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => tile(expandDims(floatInput(inputs), 1), [1, this.config.n, 1]));
  }
}

// The fields that recurrent cells share, in the order of Keras's get_config().
// Source: https://keras.io/api/layers/recurrent_layers/

import {
  activation,
  boolean,
  constraint,
  type Field,
  initializer,
  positiveInteger,
  regularizer,
} from '../base/fields.js';
import type { ActivationLike, ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import { seedField } from '../random/randomSource.js';

/** A rate from 0 to 1. As in Keras, other numbers are clipped. */
function dropoutRate(): Field<number> {
  return {
    parse(value, { where, key }) {
      if (value == null) return 0;
      if (typeof value === 'number' && !Number.isNaN(value)) return Math.min(1, Math.max(0, value));
      throw new KerasValueError(
        `Argument \`${key}\` of layer ${where} must be a number. Received: ${key}=${showValue(value)}`,
      );
    },
    serialize: (value) => value,
  };
}

export const unitsField = { units: positiveInteger() };

export const simpleActivation = { activation: activation('tanh') };

export const gatedActivations = { activation: activation('tanh'), recurrentActivation: activation('sigmoid') };

export const biasAndInitializerFields = {
  useBias: boolean(true),
  kernelInitializer: initializer('glorot_uniform'),
  recurrentInitializer: initializer('orthogonal'),
  biasInitializer: initializer('zeros'),
};

export const regularizerFields = {
  kernelRegularizer: regularizer(),
  recurrentRegularizer: regularizer(),
  biasRegularizer: regularizer(),
};

export const constraintAndDropoutFields = {
  kernelConstraint: constraint(),
  recurrentConstraint: constraint(),
  biasConstraint: constraint(),
  dropout: dropoutRate(),
  recurrentDropout: dropoutRate(),
};

/** A field of the layer, not of the cell. As in Keras, the config has it even if it is null. */
export const activityField = { activityRegularizer: regularizer() };

export const seedFields = { seed: seedField() };

/** Default true, but false for configs of Keras 2: GRU had no such argument before Keras 2.1. */
export const resetAfterField: { resetAfter: Field<boolean> } = {
  resetAfter: {
    parse: (value, context) => boolean(context.kerasMajor !== 2).parse(value, context),
    serialize: (value) => value,
  },
};

/** The arguments that all recurrent cells share. */
export interface CellArgs {
  /** Size of the output and of each state. */
  units: number;
  /** Default 'tanh'. */
  activation?: ActivationLike;
  /** Default true. */
  useBias?: boolean;
  /** Initializer of the kernel of the inputs. Default 'glorot_uniform'. */
  kernelInitializer?: InitializerLike;
  /** Initializer of the kernel of the state. Default 'orthogonal'. */
  recurrentInitializer?: InitializerLike;
  /** Default 'zeros'. */
  biasInitializer?: InitializerLike;
  /** A penalty on the kernel: a name, serialized regularizer, instance or function. Default null: none. */
  kernelRegularizer?: RegularizerLike;
  /** A penalty on the recurrent kernel: a name, serialized regularizer, instance or function. Default null: none. */
  recurrentRegularizer?: RegularizerLike;
  /** A penalty on the bias: a name, serialized regularizer, instance or function. Default null: none. */
  biasRegularizer?: RegularizerLike;
  /**
   * Applied to the kernel after each update: a name, serialized constraint, instance or function. Default null: none.
   */
  kernelConstraint?: ConstraintLike;
  /**
   * Applied to the recurrent kernel after each update: a name, serialized constraint, instance or function. Default
   * null: none.
   */
  recurrentConstraint?: ConstraintLike;
  /** Applied to the bias after each update: a name, serialized constraint, instance or function. Default null: none. */
  biasConstraint?: ConstraintLike;
  /** Fraction of the inputs that become zero in training, the same ones in all steps. Default 0. */
  dropout?: number;
  /** Fraction of the states that become zero in training, the same ones in all steps. Default 0. */
  recurrentDropout?: number;
  /** Seed of the dropout. Default null: a random seed. */
  seed?: number | null;
}

/** The arguments of cells with gates. */
export interface GatedCellArgs extends CellArgs {
  /** Activation of the gates. Default 'sigmoid'. */
  recurrentActivation?: ActivationLike;
}

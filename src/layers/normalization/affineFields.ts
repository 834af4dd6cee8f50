// The fields of gamma and beta in normalization layers, in Keras's order.

import { boolean, constraint, initializer, regularizer } from '../base/fields.js';
import type { ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';

export const centerAndScale = { center: boolean(true), scale: boolean(true) };

export const affineInitializers = { betaInitializer: initializer('zeros'), gammaInitializer: initializer('ones') };

export const affineRegularizersAndConstraints = {
  betaRegularizer: regularizer(),
  gammaRegularizer: regularizer(),
  betaConstraint: constraint(),
  gammaConstraint: constraint(),
};

/** Arguments about gamma and beta. */
export interface AffineArgs {
  /** Whether to add beta. Default true. */
  center?: boolean;
  /** Whether to multiply by gamma. Default true. */
  scale?: boolean;
  /** Default 'zeros'. */
  betaInitializer?: InitializerLike;
  /** Default 'ones'. */
  gammaInitializer?: InitializerLike;
  /** A penalty on the beta: a name, serialized regularizer, instance or function. Default null: none. */
  betaRegularizer?: RegularizerLike;
  /** A penalty on the gamma: a name, serialized regularizer, instance or function. Default null: none. */
  gammaRegularizer?: RegularizerLike;
  /** Applied to the beta after each update: a name, serialized constraint, instance or function. Default null: none. */
  betaConstraint?: ConstraintLike;
  /**
   * Applied to the gamma after each update: a name, serialized constraint, instance or function. Default null: none.
   */
  gammaConstraint?: ConstraintLike;
}

// The dense layers within MultiHeadAttention and GroupQueryAttention, which get their initializers, regularizers and
// constraints from the attention layer.

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { isKerasObject } from '../../core/json.js';
import { isBefore } from '../../core/kerasVersion.js';
import { constraint, initializer, regularizer } from '../base/fields.js';
import type { ConstraintLike, InitializerLike, RegularizerLike } from '../base/identifiers.js';
import type { LayerContext, VariableOptions } from '../base/layerArgs.js';
import type { Constraint } from '../constraints/constraints.js';
import { EinsumDense } from '../core/einsumDense.js';
import type { Initializer } from '../initializers/initializers.js';
import type { Regularizer } from '../regularizers/regularizers.js';

/**
 * An EinsumDense that adds its name to those of its weights, since TensorFlow.js identifies a model's weights by name.
 */
export class Projection extends EinsumDense {
  protected override addVariable(name: string, shape: readonly number[], options: VariableOptions): LayerVariable {
    return super.addVariable(`${this.name}/${name}`, shape, options);
  }
}

export const projectionFields = {
  kernelInitializer: initializer('glorot_uniform'),
  biasInitializer: initializer('zeros'),
  kernelRegularizer: regularizer(),
  biasRegularizer: regularizer(),
  activityRegularizer: regularizer(),
  kernelConstraint: constraint(),
  biasConstraint: constraint(),
};

/** The arguments of attention layers that their dense layers receive. */
export interface ProjectionArgs {
  /** Default 'glorot_uniform'. */
  kernelInitializer?: InitializerLike;
  /** Default 'zeros'. */
  biasInitializer?: InitializerLike;
  /** A penalty on the kernel: a name, serialized regularizer, instance or function. Default null: none. */
  kernelRegularizer?: RegularizerLike;
  /** A penalty on the bias: a name, serialized regularizer, instance or function. Default null: none. */
  biasRegularizer?: RegularizerLike;
  /**
   * Applied to the kernel after each update: a name, serialized constraint, instance or function. Default null: none.
   */
  kernelConstraint?: ConstraintLike;
  /** Applied to the bias after each update: a name, serialized constraint, instance or function. Default null: none. */
  biasConstraint?: ConstraintLike;
}

/** `ProjectionArgs` as the attention layer's config holds them. */
export interface ProjectionConfig {
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer | null;
  readonly biasInitializer: Initializer | null;
  readonly kernelRegularizer: Regularizer | null;
  readonly biasRegularizer: Regularizer | null;
  readonly activityRegularizer: Regularizer | null;
  readonly kernelConstraint: Constraint | null;
  readonly biasConstraint: Constraint | null;
}

/** The arguments in which the dense layers differ. */
export interface ProjectionPlan {
  readonly name: string;
  readonly equation: string;
  readonly outputShape: readonly (number | null)[];
  readonly biasAxes: string;
  readonly activation?: string;
}

/** What the dense layers take from their attention layer. */
export interface ProjectionOrigin {
  readonly config: ProjectionConfig;
  readonly dtypePolicy: unknown;
  /** Says which version of Keras the layers follow. */
  readonly context?: LayerContext;
}

/**
 * Makes a dense layer.
 * @param isLast whether its output is that of the attention layer, which then applies the activity regularizer itself. In
 *     tf.keras 2 that is all that counts.
 */
export function makeProjection(
  plan: ProjectionPlan,
  { config, dtypePolicy, context }: ProjectionOrigin,
  isLast = false,
): Projection {
  const { name, equation, outputShape, biasAxes, activation } = plan;
  const countsItself = !isLast && !isBefore(context?.kerasVersion, 3, 0);
  const args = {
    name,
    equation,
    outputShape,
    activation,
    dtype: dtypePolicy,
    biasAxes: config.useBias ? biasAxes : null,
    kernelInitializer: copyInitializer(config.kernelInitializer),
    biasInitializer: copyInitializer(config.biasInitializer),
    kernelRegularizer: config.kernelRegularizer,
    biasRegularizer: config.biasRegularizer,
    activityRegularizer: countsItself ? config.activityRegularizer : null,
    kernelConstraint: config.kernelConstraint,
    biasConstraint: config.biasConstraint,
  };
  return new Projection(args, context);
}

/** Copies an initializer. One without a seed gives the same values each time, so every layer needs its own. */
function copyInitializer(initializer: Initializer | null): InitializerLike {
  const object = initializer?.serialize();
  return isKerasObject(object) && object.module === 'keras.initializers' ? object : initializer;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** The equation that keeps `free` axes, sums over `bound` axes and appends `output` new ones: 'abc,cde->abde'. */
export function projectionEquation(
  free: number,
  bound: number,
  output: number,
): { equation: string; biasAxes: string } {
  const kept = letters.slice(0, free);
  const summed = letters.slice(free, free + bound);
  const made = letters.slice(free + bound, free + bound + output);
  return { equation: `${kept}${summed},${summed}${made}->${kept}${made}`, biasAxes: made };
}

/**
 * Like tidy, but can keep the outputs of the projections, which an activity regularizer needs when the losses are
 * summed.
 * @param f receives a list for those outputs.
 */
export function tidyKeepingProjected<T extends Tensor | Tensor[]>(
  keepsProjected: boolean,
  f: (projected: Tensor[]) => T,
): T {
  const [result] = tidy(() => {
    const projected: Tensor[] = [];
    const outputs = f(projected);
    return [outputs, keepsProjected ? projected : []] as [T, Tensor[]];
  });
  return result;
}

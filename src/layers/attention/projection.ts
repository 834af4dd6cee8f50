// The dense layers within MultiHeadAttention and GroupQueryAttention, which share their arguments.

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { isKerasObject } from '../../core/json.js';
import { constraint, initializer, regularizer } from '../base/fields.js';
import type { VariableOptions } from '../base/kerasLayer.js';
import type { Constraint } from '../constraints/constraints.js';
import { EinsumDense } from '../core/einsumDense.js';
import type { Initializer } from '../initializers/initializers.js';
import type { Regularizer } from '../regularizers/regularizers.js';

/** An EinsumDense whose weights bear its name too: TensorFlow.js tells the weights of a model apart by name. */
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

/** The arguments of attention layers that go to their dense layers. */
export interface ProjectionArgs {
  /** Default 'glorot_uniform'. */
  kernelInitializer?: unknown;
  /** Default 'zeros'. */
  biasInitializer?: unknown;
  kernelRegularizer?: unknown;
  biasRegularizer?: unknown;
  kernelConstraint?: unknown;
  biasConstraint?: unknown;
}

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

export interface ProjectionPlan {
  readonly name: string;
  readonly equation: string;
  readonly outputShape: readonly (number | null)[];
  readonly biasAxes: string;
  readonly activation?: string;
}

/** The regularizer of the output goes to all but the last one, whose output is that of the whole layer. */
export function makeProjection(
  plan: ProjectionPlan,
  config: ProjectionConfig,
  dtype: unknown,
  isLast = false,
): Projection {
  const { name, equation, outputShape, biasAxes, activation } = plan;
  return new Projection({
    name,
    equation,
    outputShape,
    activation,
    dtype,
    biasAxes: config.useBias ? biasAxes : null,
    kernelInitializer: copyInitializer(config.kernelInitializer),
    biasInitializer: copyInitializer(config.biasInitializer),
    kernelRegularizer: config.kernelRegularizer,
    biasRegularizer: config.biasRegularizer,
    activityRegularizer: isLast ? null : config.activityRegularizer,
    kernelConstraint: config.kernelConstraint,
    biasConstraint: config.biasConstraint,
  });
}

/** An initializer without a seed gives the same values each time: every layer gets one of its own. */
function copyInitializer(initializer: Initializer | null): unknown {
  const object = initializer?.serialize();
  return isKerasObject(object) && object.module === 'keras.initializers' ? object : initializer;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Keeps `free` axes, sums over `bound` ones and appends `output` new ones: 'abc,cde->abde'. */
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
 * tidy, except that what the projections gave lives on if a regularizer asks for it when the losses are summed.
 * @param f gets a list to put those outputs into.
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

// The layer TimeDistributed: applies a layer or model to every step of a sequence.
// Source: https://keras.io/api/layers/recurrent_layers/time_distributed/

import { reshape, type Scalar, stack, type Tensor, tidy, unstack } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import type { LayerLike } from '../base/identifiers.js';
import { only, onlyShape } from '../base/inputs.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { type WrappedLayers, WrapperLayer, wrappedLayer } from './wrapperLayer.js';

const fields = { layer: wrappedLayer() };

/** The arguments of Keras's TimeDistributed. */
export interface TimeDistributedArgs extends BaseLayerArgs {
  /** A layer or model with one input and one output. */
  layer: LayerLike;
}

/**
 * Applies a layer to every step. Input: float32 [batch, time, ...]. Output: the layer's outputs as [batch, time, ...].
 * Source: https://keras.io/api/layers/recurrent_layers/time_distributed/
 *
 * @throws ValueError for inputs of less than three axes.
 */
export class TimeDistributed extends WrapperLayer<typeof fields> {
  static readonly className: string = 'TimeDistributed';

  /** Whether tf.keras 2 wrote the layer, which runs all steps as one batch in training too. */
  readonly #mergesSteps: boolean;

  constructor(args: TimeDistributedArgs, context?: LayerContext) {
    super(args, fields, context);
    this.#mergesSteps = isBefore(context?.kerasVersion, 3, 0);
    this.supportsMasking = true;
  }

  get layer(): layers.Layer {
    return this.config.layer;
  }

  #stepShape(inputShape: Shape | Shape[]): Shape {
    const shape = onlyShape(inputShape);
    if (shape.length < 3) {
      throw new KerasValueError(
        `\`TimeDistributed\` Layer should be passed an \`input_shape\` with at least 3 dimensions, received: ${showValue(shape)}`,
      );
    }
    return [shape[0], ...shape.slice(2)];
  }

  override build(inputShape: Shape | Shape[]): void {
    const stepShape = this.#stepShape(inputShape);
    const { layer } = this;
    if (!layer.built) {
      layer.build(stepShape);
      layer.built = true;
    }
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, time] = onlyShape(inputShape);
    const [, ...step] = onlyShape(this.layer.computeOutputShape(this.#stepShape(inputShape)));
    return [batch, time, ...step];
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor {
    return tidy(() => {
      const x = only(inputs);
      const mask = [kwargs?.mask as Tensor | Tensor[] | null | undefined].flat()[0];
      const inner = mask && this.#readsMask(mask) ? mask : null;
      return kwargs?.training && !this.#mergesSteps
        ? this.#applyStepByStep(x, inner)
        : this.#applyAtOnce(x, inner, kwargs?.training === true);
    });
  }

  /**
   * Whether a mask [batch, time, ...] applies within a step. One of [batch, time] says which examples of a step count, and
   * batch normalization is the layer that takes such a mask.
   */
  #readsMask({ rank }: Tensor): boolean {
    return rank > 2 || this.layer.getClassName() === 'BatchNormalization';
  }

  /** Runs step by step, so that the statistics of a batch are those of one step, as in Keras 3. */
  #applyStepByStep(x: Tensor, mask: Tensor | null): Tensor {
    const masks = mask && unstack(mask, 1);
    const steps = unstack(x, 1).map((step, t) => this.#apply(step, masks?.[t] ?? null, true));
    return stack(steps, 1);
  }

  /** Runs all steps as one batch, which gives the same result at inference, and that of tf.keras 2 in training. */
  #applyAtOnce(x: Tensor, mask: Tensor | null, training: boolean): Tensor {
    const merged = (tensor: Tensor) => {
      const [batch, time, ...rest]: number[] = tensor.shape;
      return reshape(tensor, [batch * time, ...rest]);
    };
    const y = this.#apply(merged(x), mask && merged(mask), training);
    const [batch, time]: number[] = x.shape;
    return reshape(y, [batch, time, ...y.shape.slice(1)]);
  }

  #apply(x: Tensor, mask: Tensor | null, training: boolean): Tensor {
    return only(this.layer.apply(x, mask ? { training, mask } : { training }) as Tensor | Tensor[]);
  }

  override get wrapped(): WrappedLayers {
    return { layer: this.layer };
  }

  override get children(): Readonly<Record<string, layers.Layer>> {
    return { layer: this.layer };
  }

  override calculateLosses(): Scalar[] {
    return [...super.calculateLosses(), ...this.layer.calculateLosses()];
  }
}

/** Makes a TimeDistributed layer. Arguments, shapes and errors are those of the class. */
export function timeDistributed(args: TimeDistributedArgs): TimeDistributed {
  return new TimeDistributed(args);
}

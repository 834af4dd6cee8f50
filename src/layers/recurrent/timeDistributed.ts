// The layer TimeDistributed: applies a layer or model to every step of a sequence.
// Source: https://keras.io/api/layers/recurrent_layers/time_distributed/

import { any, reshape, type Scalar, stack, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { LayersModel, type layers, type Shape } from '@tensorflow/tfjs-layers';
import { isBefore } from '../../core/kerasVersion.js';
import { everyLayerOf } from '../../tfjs/everyLayer.js';
import type { LayerLike } from '../base/identifiers.js';
import { only, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { isInLossRound } from '../base/lossRound.js';
import { withoutGradient } from '../base/masks.js';
import { unstack } from '../base/parts.js';
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
      const isStepwise = this.layer.getClassName() === 'Softmax'; // there a mask [batch] runs along the last axis
      const counts = kwargs?.training || (isInLossRound() && leavesTraces(this.layer));
      return (counts || (isStepwise && inner)) && !this.#mergesSteps
        ? this.#applyStepByStep(x, inner, kwargs?.training === true)
        : this.#applyAtOnce(x, inner, kwargs?.training === true);
    });
  }

  /**
   * Whether a mask [batch, time, ...] applies within a step. One of [batch, time] says which examples of a step count:
   * batch normalization, Softmax and models take such a mask.
   */
  #readsMask({ rank }: Tensor): boolean {
    const reads = ['BatchNormalization', 'Softmax'].includes(this.layer.getClassName());
    return rank > 2 || reads || !(this.layer instanceof KerasLayer);
  }

  /** Runs step by step, so that the statistics of a batch are those of one step, as in Keras 3. */
  #applyStepByStep(x: Tensor, mask: Tensor | null, training: boolean): Tensor {
    const masks = mask && unstack(mask, 1);
    const steps = unstack(x, 1).map((step, t) => this.#apply(step, masks?.[t] ?? null, training));
    return stack(steps, 1);
  }

  /** Runs all steps as one batch, which gives the same result at inference, and that of tf.keras 2 in training. */
  #applyAtOnce(x: Tensor, mask: Tensor | null, training: boolean): Tensor {
    const y = this.#apply(mergeSteps(x), mask && mergeSteps(mask), training);
    if (this.#mergesSteps && (training || isInLossRound())) this.#runForMask(x, mask, training);
    const [batch, time]: number[] = x.shape;
    return reshape(y, [batch, time, ...y.shape.slice(1)]);
  }

  /** tf.keras 2 runs a model again to ask for its mask: statistics move twice, losses of activities count twice. */
  #runForMask(x: Tensor, mask: Tensor | null, training: boolean): void {
    const { layer } = this;
    const [steps, masks] = [mergeSteps(x), mask && mergeSteps(mask)];
    if (layer instanceof TimeDistributed) layer.#runForMask(steps, masks, training);
    else if (layer instanceof LayersModel && leavesTraces(layer)) this.#apply(steps, masks, training);
  }

  #apply(x: Tensor, mask: Tensor | null, training: boolean): Tensor {
    const { layer } = this;
    const kwargs = mask ? { training, mask } : { training };
    // Keras 3 runs `call` of the layer, which adds no loss for the layer's own outputs.
    const isQuiet = layer instanceof KerasLayer && !this.#mergesSteps;
    return only((isQuiet ? layer.applyQuietly(x, kwargs) : layer.apply(x, kwargs)) as Tensor | Tensor[]);
  }

  /** tf.keras 2 asks the layer for the mask of each step; Keras 3 hands on the mask that there is. */
  override computeMask(inputs: Tensor | Tensor[], given?: Tensor | Tensor[]): Tensor | Tensor[] {
    const mask = [given].flat()[0];
    if (!this.#mergesSteps || !mask) return mask ?? (this.#mergesSteps ? this.#maskOfSteps(only(inputs)) : none);
    return this.#maskOfSteps(only(inputs), mask) ?? tidy(() => withoutGradient(() => countedSteps(mask)));
  }

  /** What the layer says of all steps. */
  #maskOfSteps(x: Tensor, mask?: Tensor): Tensor {
    if (!this.layer.supportsMasking) return none;
    const inner = [this.layer.computeMask(mergeSteps(x), mask && mergeSteps(mask))].flat()[0];
    return inner ? reshape(inner, [x.shape[0], x.shape[1] as number, ...inner.shape.slice(1)]) : none;
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

/** Whether a run leaves something behind: statistics or losses. */
function leavesTraces(layer: layers.Layer): boolean {
  if (layer instanceof LayersModel) return everyLayerOf(layer).some(leavesTraces);
  const { outputRegularizer = null, children = {} } = layer as Partial<KerasLayer>;
  const isOwn = layer.getClassName() === 'BatchNormalization' || outputRegularizer !== null;
  return isOwn || (Object.values(children).flat() as layers.Layer[]).some(leavesTraces);
}

const none = null as unknown as Tensor; // the type of TensorFlow.js knows no null

/** Whether anything of a step counts: [batch, time, ...] -> [batch, time] */
function countedSteps(mask: Tensor): Tensor {
  const [batch, time]: number[] = mask.shape;
  return any(reshape(mask, [batch, time, -1]), -1);
}

/** [batch, time, ...] -> [batch * time, ...] */
function mergeSteps(x: Tensor): Tensor {
  const [batch, time, ...rest]: number[] = x.shape;
  return reshape(x, [batch * time, ...rest]);
}

/** Makes a TimeDistributed layer. Arguments, shapes and errors are those of the class. */
export function timeDistributed(args: TimeDistributedArgs): TimeDistributed {
  return new TimeDistributed(args);
}

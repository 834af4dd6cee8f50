// The two layers of ConvNeXt's blocks: LayerScale multiplies by a factor per channel, StochasticDepth drops a whole
// branch for some examples while training. Source: https://keras.io/api/applications/convnext/

import { add, div, floor, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import { number, positiveInteger } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { getInitializer } from '../initializers/initializers.js';
import { RandomSource } from '../random/randomSource.js';

const module = 'keras.src.applications.convnext';

const scaleFields = { initValues: number(), projectionDim: positiveInteger() };

export interface LayerScaleArgs extends BaseLayerArgs {
  /** Initial value of all factors. */
  initValues: number;
  /** Size of the last axis. */
  projectionDim: number;
}

/**
 * x gamma. Input and output: float32 [batch, ..., projectionDim]. Weight: gamma [projectionDim].
 * Source: https://keras.io/api/applications/convnext/
 */
export class LayerScale extends KerasLayer<typeof scaleFields> {
  static readonly className: string = 'LayerScale';
  static override readonly kerasModule: string = module;
  static override readonly registeredName: string | null = 'LayerScale';

  #gamma: LayerVariable | null = null;

  constructor(args: LayerScaleArgs, context?: LayerContext) {
    super(args, scaleFields, context);
    this.inputRules = [{ minRank: 1, axes: { [-1]: this.config.projectionDim } }];
  }

  override build(inputShape: Shape | Shape[]): void {
    const { initValues: value, projectionDim } = this.config;
    const initializer = getInitializer({ class_name: 'Constant', config: { value } });
    this.#gamma = this.addVariable('gamma', [projectionDim], { initializer });
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => mul(floatInput(inputs), (this.#gamma as LayerVariable).read()));
  }
}

/** Makes a LayerScale layer. Arguments, shapes and errors are those of the class. */
export function layerScale(args: LayerScaleArgs): LayerScale {
  return new LayerScale(args);
}

const depthFields = { dropPathRate: number() };

export interface StochasticDepthArgs extends BaseLayerArgs {
  /** Fraction of the examples whose values become zero while training. */
  dropPathRate: number;
}

/**
 * Drops whole examples while training, the identity otherwise. Input and output: float32 [batch, ...].
 * Source: https://keras.io/api/applications/convnext/
 */
export class StochasticDepth extends KerasLayer<typeof depthFields> {
  static readonly className: string = 'StochasticDepth';
  static override readonly kerasModule: string = module;
  static override readonly registeredName: string | null = 'StochasticDepth';

  readonly #random = new RandomSource(null);

  constructor(args: StochasticDepthArgs, context?: LayerContext) {
    super(args, depthFields, context);
  }

  override call(inputs: Tensor | Tensor[], { training }: Kwargs = {}): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      if (!training) return x;
      const kept = 1 - this.config.dropPathRate;
      const shape = [x.shape[0], ...Array<number>(x.rank - 1).fill(1)];
      return mul(div(x, kept), floor(add(this.#random.drawUniform(shape), kept)));
    });
  }
}

/** Makes a StochasticDepth layer. Arguments, shapes and errors are those of the class. */
export function stochasticDepth(args: StochasticDepthArgs): StochasticDepth {
  return new StochasticDepth(args);
}

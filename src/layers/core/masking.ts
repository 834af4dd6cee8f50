// The layer Masking. Source: https://keras.io/api/layers/core_layers/masking/

import {
  any,
  cast,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  notEqual,
  onesLike,
  type Tensor,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { number } from '../base/fields.js';
import { type Rounded, roundedTo } from '../base/halfPrecision.js';
import { floatInput, only } from '../base/inputs.js';
import { castsFloats, withFloatsCast } from '../base/integerInputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { type BaseLayerArgs, followsKeras2, type LayerContext } from '../base/layerArgs.js';
import { isMaskWanted, withoutGradient } from '../base/masks.js';

const fields = { maskValue: number(0) };

/** The arguments of Keras's Masking. */
export interface MaskingArgs extends BaseLayerArgs {
  /** The value that marks padding. Default 0. */
  maskValue?: number;
}

/**
 * Masks time steps in which every value is maskValue, and sets them to zero.
 * Input and output: float32 [batch, time, ...]. Mask: bool [batch, time].
 * Source: https://keras.io/api/layers/core_layers/masking/
 */
export class Masking extends KerasLayer<typeof fields> {
  static readonly className: string = 'Masking';

  /** Whether `call` is given integers in the place of floats: the mask is that of these. */
  readonly #isCast: boolean;
  /** What equals the mask value once it is rounded; null where nothing is rounded. 'nothing': no float16 is that value. */
  readonly #rounded: Rounded | 'nothing' | null;

  constructor(args: MaskingArgs = {}, context?: LayerContext) {
    super(args, fields, context);
    this.supportsMasking = true;
    const isTfKeras = followsKeras2(context ?? {});
    const { name } = this.dtypePolicy;
    this.#isCast = !isTfKeras && castsFloats(Masking.className, name);
    const rounded = roundedTo(this.config.maskValue, name);
    // tf.keras rounds the mask value too. Keras 3 compares with it as a float32.
    const isHeld = rounded === null || isTfKeras || rounded.value === Math.fround(this.config.maskValue);
    this.#rounded = isHeld ? rounded : 'nothing';
  }

  #isUnmasked(x: Tensor, keepDims: boolean): Tensor {
    return withoutGradient(() => any(this.#differs(x), -1, keepDims));
  }

  #differs(x: Tensor): Tensor {
    const rounded = this.#rounded;
    if (rounded === null || x.dtype !== 'float32') return notEqual(x, this.config.maskValue);
    if (rounded === 'nothing') return cast(onesLike(x), 'bool');
    const { low, high, isClosed } = rounded;
    const [fromLow, toHigh] = isClosed ? [greaterEqual(x, low), lessEqual(x, high)] : [greater(x, low), less(x, high)];
    return logicalNot(logicalAnd(fromLow, toHigh));
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const x = floatInput(inputs);
      // A product with the mask would keep the NaN of masked steps.
      return where(this.#isUnmasked(x, true), x, zerosLike(x));
    });
  }

  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor | Tensor[] {
    if (!isMaskWanted(mask)) return null as unknown as Tensor;
    const { name } = this.dtypePolicy;
    return tidy(() => this.#isUnmasked(only(this.#isCast ? withFloatsCast(inputs, name) : inputs), false));
  }
}

/** Makes a Masking layer. Arguments, shapes and errors are those of the class. */
export function masking(args: MaskingArgs = {}): Masking {
  return new Masking(args);
}

// The residual connection of InceptionResNetV2's blocks. Source: https://keras.io/api/applications/inceptionresnetv2/

import { add, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { number } from '../base/fields.js';
import { floatInput } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, LayerContext } from '../base/layerArgs.js';

const fields = { scale: number() };

export interface CustomScaleLayerArgs extends BaseLayerArgs {
  /** Factor of the second input. */
  scale: number;
}

/**
 * a + scale b. Inputs: [a, b], float32 of one shape. Output: float32 of that shape. Throws ValueError for other inputs.
 * Source: https://keras.io/api/applications/inceptionresnetv2/
 */
export class CustomScaleLayer extends KerasLayer<typeof fields> {
  static readonly className: string = 'CustomScaleLayer';
  static override readonly kerasModule: string = 'keras.src.applications.inception_resnet_v2';
  static override readonly registeredName: string | null = 'CustomScaleLayer';

  constructor(args: CustomScaleLayerArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return inputShape[0] as Shape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const tensors = [inputs].flat();
    if (tensors.length !== 2) {
      throw new KerasValueError(
        `A \`CustomScaleLayer\` should be called on exactly 2 inputs. Received: inputs of shapes ${showValue(tensors.map(({ shape }) => shape))}`,
      );
    }
    const [a, b] = tensors;
    return tidy(() => add(floatInput(a), mul(floatInput(b), this.config.scale)));
  }
}

/** Makes a CustomScaleLayer layer. Arguments, shapes and errors are those of the class. */
export function customScaleLayer(args: CustomScaleLayerArgs): CustomScaleLayer {
  return new CustomScaleLayer(args);
}

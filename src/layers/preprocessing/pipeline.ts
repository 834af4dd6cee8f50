// The layer Pipeline: layers one after the other.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/pipeline/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers, Shape } from '@tensorflow/tfjs-layers';
import type { Json } from '../../core/json.js';
import type { Field } from '../base/fields.js';
import { only, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { layer } from '../base/layerField.js';

const oneLayer = layer();

const layerList: Field<readonly layers.Layer[]> = {
  parse(value, context) {
    if (Array.isArray(value)) return Object.freeze(value.map((item) => oneLayer.parse(item, context)));
    throw new KerasValueError(`Pipeline: \`layers\` must be a list of layers. Received: layers=${showValue(value)}`);
  },
  serialize: (value) => value.map((item) => oneLayer.serialize(item) as Json),
};

const fields = { layers: layerList };

/** The arguments of Keras's Pipeline. */
export interface PipelineArgs extends BaseLayerArgs {
  /** The layers, in the order of their calls: layers of this package, or their serialized forms. */
  layers: readonly unknown[];
}

/**
 * Calls layers one after the other. Input: what the first one takes; output: what the last one gives.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/pipeline/
 */
export class Pipeline extends KerasLayer<typeof fields> {
  static readonly className: string = 'Pipeline';

  constructor(args: PipelineArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  override get children(): Readonly<Record<string, readonly layers.Layer[]>> {
    return { layers: this.config.layers };
  }

  override build(inputShape: Shape | Shape[]): void {
    this.config.layers.reduce((shape, child) => {
      if (!child.built) {
        child.build(shape);
        child.built = true;
      }
      return onlyShape(child.computeOutputShape(shape));
    }, onlyShape(inputShape));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return this.config.layers.reduce(
      (shape, child) => onlyShape(child.computeOutputShape(shape)),
      onlyShape(inputShape),
    );
  }

  override call(inputs: Tensor | Tensor[], kwargs: Kwargs = {}): Tensor {
    const { training } = kwargs;
    return tidy(() =>
      this.config.layers.reduce((x, child) => only(child.apply(x, { training }) as Tensor | Tensor[]), only(inputs)),
    );
  }

  /** As Keras: the layers and the name alone. */
  override getKerasConfig(): Record<string, Json> {
    const { layers, name } = super.getKerasConfig();
    return { layers, name };
  }
}

/** Makes a Pipeline layer. Arguments, shapes and errors are those of the class. */
export function pipeline(args: PipelineArgs): Pipeline {
  return new Pipeline(args);
}

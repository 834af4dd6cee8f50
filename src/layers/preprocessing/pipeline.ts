// The layer Pipeline: layers one after the other.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/pipeline/

import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers, Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isPlainObject, type Json, type JsonObject } from '../../core/json.js';
import type { SymbolicTensors } from '../base/calledTensors.js';
import type { Field } from '../base/fields.js';
import { only, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { layer } from '../base/layerField.js';
import { applyToDictionary, type DictionaryLayer, keysOfCall, takesDictionary } from './dictionaryCalls.js';
import type { LabelledImages } from './imageLayer.js';

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

type Inputs = Tensor | Tensor[] | SymbolicTensors;

/**
 * Calls layers one after the other. Input: what the first one takes, a tensor or a dictionary {images, labels,
 * bounding_boxes: {boxes, labels}, segmentation_masks}; output: what the last one gives.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/pipeline/
 *
 * @throws ValueError for a dictionary where a layer takes none.
 */
export class Pipeline extends KerasLayer<typeof fields> {
  static readonly className: string = 'Pipeline';
  static readonly callOptions: readonly string[] = ['keys'];

  /** Arguments of the call, as a file's graph holds them. */
  callArguments: JsonObject = {};

  constructor(args: PipelineArgs, context?: LayerContext) {
    super(args, fields, context);
  }

  override get children(): Readonly<Record<string, readonly layers.Layer[]>> {
    return { layers: this.config.layers };
  }

  override build(inputShape: Shape | Shape[]): void {
    this.#shapesThrough(inputShape, (child, shape) => {
      if (child.built) return;
      child.build(shape);
      child.built = true;
    });
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return this.#shapesThrough(inputShape);
  }

  #shapesThrough(
    inputShape: Shape | Shape[],
    visit: (child: layers.Layer, shape: Shape | Shape[]) => void = () => {},
  ): Shape | Shape[] {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    const keys = keysOfCall(shapes.length, this.callArguments.keys);
    return this.config.layers.reduce<Shape | Shape[]>(
      (shape, child) => {
        visit(child, shape);
        if (!keys) return onlyShape(child.computeOutputShape(shape));
        return this.#dictionaryLayer(child, keys).shapesUnder(keys, shape as Shape[]);
      },
      keys ? shapes : onlyShape(inputShape),
    );
  }

  shapesUnder(keys: readonly string[], shapes: readonly Shape[]): Shape[] {
    return this.config.layers.reduce<readonly Shape[]>(
      (own, child) => this.#dictionaryLayer(child, keys).shapesUnder(keys, own),
      shapes,
    ) as Shape[];
  }

  checkKeys(keys: readonly string[], training: boolean): void {
    for (const child of this.config.layers) this.#dictionaryLayer(child, keys).checkKeys(keys, training);
  }

  #dictionaryLayer(child: layers.Layer, keys: readonly string[]): DictionaryLayer {
    if (takesDictionary(child)) return child;
    throw new KerasValueError(
      `Pipeline '${this.name}': the layer '${child.name}' takes no dictionary. Received: keys=${showValue(keys)}`,
    );
  }

  override apply(inputs: Inputs, kwargs?: Kwargs): Inputs;
  override apply<T extends Tensor | SymbolicTensor>(inputs: LabelledImages<T>, kwargs?: Kwargs): LabelledImages<T>;
  override apply(inputs: Inputs | LabelledImages<Tensor | SymbolicTensor>, kwargs?: Kwargs): unknown {
    if (!isPlainObject(inputs)) return super.apply(inputs as Inputs, kwargs);
    return applyToDictionary(this, inputs, kwargs, (tensors, own) => super.apply(tensors, own));
  }

  override call(inputs: Tensor | Tensor[], { training, keys: given }: Kwargs = {}): Tensor | Tensor[] {
    const keys = keysOfCall([inputs].flat().length, given ?? this.callArguments.keys);
    if (keys) return tidy(() => this.#callDictionary(keys, inputs, training === true));
    return tidy(() =>
      this.config.layers.reduce((x, child) => only(child.apply(x, { training }) as Tensor | Tensor[]), only(inputs)),
    );
  }

  #callDictionary(keys: readonly string[], inputs: Tensor | Tensor[], training: boolean): Tensor[] {
    this.checkKeys(keys, training);
    return this.config.layers.reduce<Tensor[]>(
      (tensors, child) => [child.apply(tensors, { training, keys }) as Tensor | Tensor[]].flat(),
      [inputs].flat(),
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

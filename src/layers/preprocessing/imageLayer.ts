// The base of layers for images that take a dictionary too: images with what belongs to them.
//
//   {images, labels, bounding_boxes: {boxes, labels}, segmentation_masks}
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import { cast, expandDims, squeeze, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Shape, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { isPlainObject, type JsonObject } from '../../core/json.js';
import type { TensorTree } from '../../core/tensorTree.js';
import type { SymbolicTensors } from '../base/calledTensors.js';
import type { Field, Fields } from '../base/fields.js';
import { floatInput, only, onlyShape } from '../base/inputs.js';
import { KerasLayer } from '../base/kerasLayer.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { BaseLayerArgs, Kwargs, LayerContext } from '../base/layerArgs.js';
import { applyToDictionary, keysOfCall } from './dictionaryCalls.js';

/** The arguments of all layers that take images with what belongs to them. */
export interface ImageLayerArgs extends BaseLayerArgs {
  /**
   * What the numbers of a bounding box are, for calls with a dictionary: 'xyxy', 'yxyx', 'xywh', 'center_xywh', 'center_yxhw',
   * or one of 'rel_xyxy', 'rel_yxyx', 'rel_xywh', 'rel_center_xywh' in parts of the image. Default null: there are no boxes.
   */
  boundingBoxFormat?: string | null;
}

/** Images, one or a batch, and what belongs to them under Keras's keys; others stay as they are. */
export interface LabelledImages<T> {
  readonly images: T;
  readonly [key: string]: TensorTree<T>;
}

/** The paths of the keys that layers know. */
export const IMAGES = 'images';
export const LABELS = 'labels';
export const BOXES = 'bounding_boxes/boxes';
export const BOX_LABELS = 'bounding_boxes/labels';
export const MASKS = 'segmentation_masks';

/** A batch of images and what belongs to it, by the paths of the keys. */
export type Parts = ReadonlyMap<string, Tensor>;

const known = new Set([IMAGES, LABELS, BOXES, BOX_LABELS, MASKS]);

const boundingBoxFormat: Field<string | null> = {
  parse: (value) => (value == null ? null : String(value)),
  serialize: (value) => value ?? undefined,
};

type Inputs = Tensor | Tensor[] | SymbolicTensors;

type BoxFields = { readonly boundingBoxFormat: Field<string | null> };

/** A layer for images, or for a dictionary of them and what belongs to them. */
export abstract class ImageLayer<F extends Fields> extends KerasLayer<F & BoxFields> {
  static readonly callOptions: readonly string[] = ['keys'];

  /** Arguments of the call, as a file's graph holds them. */
  callArguments: JsonObject = {};

  constructor(args: object, fields: F, context?: LayerContext) {
    super(args, { ...fields, boundingBoxFormat }, context);
  }

  /** Whether the last call had a dictionary. */
  protected hasKeys = false;

  /** What `boundingBoxFormat` says; null if there are no boxes. */
  protected get boxFormat(): string | null {
    return (this.config as { readonly boundingBoxFormat: string | null }).boundingBoxFormat;
  }

  /** Computes images, one or a batch. Called in a tidy. */
  protected abstract callImages(images: Tensor, training: boolean): Tensor;

  /** Computes a batch and what belongs to it, of which a layer that changes colors alone changes nothing. */
  protected callParts(parts: Parts, training: boolean): Parts {
    return new Map(parts).set(IMAGES, this.callImages(parts.get(IMAGES) as Tensor, training));
  }

  /** Why the layer cannot take this key, if so. */
  protected refusal(_key: string, _training: boolean): string | undefined {
    return undefined;
  }

  /** The shape of what the layer makes of images of this shape. */
  protected imageShape(shape: Shape): Shape {
    return shape;
  }

  /** The shape of what the layer makes of the part with this key. */
  protected partShape(key: string, shape: Shape): Shape {
    return key === IMAGES || key === MASKS ? this.imageShape(shape) : shape;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    const keys = this.#keysOf(shapes.length);
    return keys ? this.shapesUnder(keys, shapes) : this.imageShape(onlyShape(inputShape));
  }

  override call(inputs: Tensor | Tensor[], { training, keys }: Kwargs = {}): Tensor | Tensor[] {
    return tidy(() => {
      const list = [inputs].flat();
      const names = this.#keysOf(list.length, keys);
      this.hasKeys = names !== undefined;
      if (names) return this.#callDictionary(names, list, training === true);
      return this.callImages(floatInput(only(inputs)), training === true);
    });
  }

  /**
   * Calls the layer with images, one or a batch, or with a dictionary {images, labels, bounding_boxes: {boxes, labels},
   * segmentation_masks} of tensors; what has other keys comes back as it is.
   */
  override apply(inputs: Inputs, kwargs?: Kwargs): Inputs;
  override apply<T extends Tensor | SymbolicTensor>(inputs: LabelledImages<T>, kwargs?: Kwargs): LabelledImages<T>;
  override apply(inputs: Inputs | LabelledImages<Tensor | SymbolicTensor>, kwargs?: Kwargs): unknown {
    if (!isPlainObject(inputs)) return super.apply(inputs as Inputs, kwargs);
    return applyToDictionary(this, inputs, kwargs, (tensors, own) => super.apply(tensors, own));
  }

  #keysOf(count: number, given: unknown = this.callArguments.keys): readonly string[] | undefined {
    return keysOfCall(count, given);
  }

  shapesUnder(keys: readonly string[], shapes: readonly Shape[]): Shape[] {
    return keys.map((key, i) => this.partShape(key, shapes[i]));
  }

  #callDictionary(keys: readonly string[], inputs: readonly Tensor[], training: boolean): Tensor[] {
    this.checkKeys(keys, training);
    const given = new Map(keys.map((key, i) => [key, inputs[i]]));
    const { rank, shape } = given.get(IMAGES) as Tensor;
    if (rank !== 3 && rank !== 4)
      throw new KerasValueError(
        `Expected image tensor to have rank 3 (single image) or 4 (batch of images). Received: data.shape=${showValue(shape)}`,
      );
    const own = keys.filter((key) => known.has(key));
    const made = this.callParts(
      new Map(own.map((key) => [key, prepare(key, given.get(key) as Tensor, rank)])),
      training,
    );
    const restore = (y: Tensor) => (rank === 3 ? squeeze(y, [0]) : y);
    return keys.map((key, i) => (known.has(key) ? restore(made.get(key) as Tensor) : inputs[i]));
  }

  checkKeys(keys: readonly string[], training: boolean): void {
    const className = this.getClassName();
    const fail = (text: string): never => {
      throw new KerasValueError(`${className}: ${text}. Received: keys=${showValue(keys)}`);
    };
    if (!keys.includes(IMAGES)) fail("a dictionary must have images under the key 'images'");
    const hasBoxes = keys.some((key) => key.split('/')[0] === 'bounding_boxes');
    if (hasBoxes && !(keys.includes(BOXES) && keys.includes(BOX_LABELS)))
      fail("bounding_boxes must be a dictionary with the keys 'boxes' and 'labels'");
    for (const key of keys) {
      const reason = this.refusal(key, training);
      if (reason !== undefined) fail(reason);
    }
    if (hasBoxes && this.boxFormat === null)
      fail("a call with bounding_boxes needs the argument boundingBoxFormat, for example 'xyxy'");
  }
}

/** The parts, those with a function changed by it. */
export function mapParts(parts: Parts, functions: Readonly<Record<string, (part: Tensor) => Tensor>>): Parts {
  return new Map([...parts].map(([key, part]) => [key, Object.hasOwn(functions, key) ? functions[key](part) : part]));
}

/** A batch of one of what belongs to a single image; images and boxes as floats. */
function prepare(key: string, x: Tensor, imageRank: number): Tensor {
  const batch = imageRank === 3 ? expandDims(x, 0) : x;
  return (key === IMAGES || key === BOXES) && batch.dtype !== 'float32' ? cast(batch, 'float32') : batch;
}

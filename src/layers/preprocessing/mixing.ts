// Random image layers that mix the images of a batch, and their labels: MixUp, CutMix. MaxNumBoundingBoxes changes boxes alone.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import {
  add,
  broadcastTo,
  cast,
  concat,
  gather,
  mul,
  pad,
  reshape,
  slice,
  type Tensor,
  tensor1d,
  where,
} from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { dataFormat, type Field, number, positiveInteger } from '../base/fields.js';
import type { LayerContext } from '../base/layerArgs.js';
import { betaNumbers, permutation, uniformNumbers } from '../random/distributions.js';
import { seedField } from '../random/randomSource.js';
import {
  Augmentation,
  type AugmentationArgs,
  DrawnAugmentation,
  perImage,
  type Range,
  rangeField,
} from './augmentation.js';
import { BOX_LABELS, BOXES, IMAGES, LABELS, MASKS, mapParts, type Parts } from './imageLayer.js';
import { sizeOf } from './images.js';
import { drawRectangle, insideRectangles, type Rectangle } from './rectangles.js';

/** The images of a batch in another order. */
const inOrder = (images: Tensor, order: readonly number[]) => gather(images, tensor1d([...order], 'int32'));

/** Labels [n, classes] of the images, mixed as these. */
function mixLabels(labels: Tensor, { order, weights }: MixUpDraw): Tensor {
  const column = (values: readonly number[]) => reshape(tensor1d([...values]), [-1, 1]);
  const floats = cast(labels, 'float32');
  return add(mul(column(weights), floats), mul(column(weights.map((weight) => 1 - weight)), inOrder(floats, order)));
}

/** What is drawn: the image that each is mixed with, and the weight of the image itself. */
export interface MixUpDraw {
  readonly order: readonly number[];
  readonly weights: readonly number[];
}

const mixUpFields = { dataFormat: dataFormat(), alpha: number(0.2), seed: seedField() };

/** The arguments of Keras's MixUp. */
export interface MixUpArgs extends AugmentationArgs {
  /** Parameter of the distribution of the weights. Default 0.2. */
  alpha?: number;
}

/**
 * Adds to each image another one of the batch, with random weights, while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/mix_up/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class MixUp extends DrawnAugmentation<typeof mixUpFields, MixUpDraw> {
  static readonly className: string = 'MixUp';

  constructor(args: MixUpArgs = {}, context?: LayerContext) {
    super(args, mixUpFields, context);
  }

  override draw({ shape }: Tensor): MixUpDraw {
    const { stream } = this.random;
    const order = permutation(stream, shape[0]);
    return { order, weights: betaNumbers(stream, shape[0], this.config.alpha) };
  }

  override applyDraw(images: Tensor, { order, weights }: MixUpDraw): Tensor {
    const others = mul(inOrder(images, order), perImage(weights.map((weight) => 1 - weight)));
    return add(mul(images, perImage(weights)), others);
  }

  protected override refusal(key: string, training: boolean): string | undefined {
    return key === MASKS && training
      ? 'segmentation masks cannot be mixed, Keras mixes wrong pixels of them'
      : undefined;
  }

  /** Each image has the boxes of both; as in Keras, their labels stand behind those of the batch. */
  protected override applyToParts(parts: Parts, images: Tensor, draw: MixUpDraw): Parts {
    const both = (x: Tensor, axis: number) => concat([x, inOrder(x, draw.order)], axis);
    return mapParts(new Map(parts).set(IMAGES, this.applyDraw(images, draw)), {
      [LABELS]: (labels) => mixLabels(labels, draw),
      [BOXES]: (boxes) => both(boxes, 1),
      [BOX_LABELS]: (labels) => both(labels, 0),
    });
  }
}

/** Makes a MixUp layer. Arguments, shapes and errors are those of the class. */
export function mixUp(args: MixUpArgs = {}): MixUp {
  return new MixUp(args);
}

/** What is drawn: the image from which each takes a part, and where the part is. */
export interface CutMixDraw {
  readonly order: readonly number[];
  readonly rectangles: readonly Rectangle[];
}

const cutMixFields = { dataFormat: dataFormat(), factor: rangeField(0, 1, 1), seed: seedField() };

/** The arguments of Keras's CutMix. */
export interface CutMixArgs extends AugmentationArgs {
  /** Size of the part that is exchanged. One number or [lower, upper] in [0, 1]. Default 1. */
  factor?: number | Range;
}

/**
 * Puts a random part of another image of the batch into each image while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/cut_mix/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class CutMix extends DrawnAugmentation<typeof cutMixFields, CutMixDraw> {
  static readonly className: string = 'CutMix';

  constructor(args: CutMixArgs = {}, context?: LayerContext) {
    super(args, cutMixFields, context);
  }

  override draw(images: Tensor): CutMixDraw {
    const { factor, dataFormat } = this.config;
    const { stream } = this.random;
    const size = sizeOf(images, dataFormat);
    const [alpha] = uniformNumbers(stream, 1, ...factor);
    const rectangles = betaNumbers(stream, images.shape[0], alpha + 1e-6).map((weight) => {
      const share = Math.sqrt(1 - weight);
      return drawRectangle(stream, size, [share, share]);
    });
    return { rectangles, order: permutation(stream, images.shape[0]) };
  }

  override applyDraw(images: Tensor, { order, rectangles }: CutMixDraw): Tensor {
    const { dataFormat } = this.config;
    const isInside = insideRectangles(rectangles, sizeOf(images, dataFormat), dataFormat);
    return where(isInside, inOrder(images, order), images);
  }

  protected override refusal(key: string): string | undefined {
    return key === BOXES ? 'there are no bounding boxes of mixed images, in Keras neither' : undefined;
  }

  /** As in Keras, masks get the channels of the images, and a label counts by the area that is left of its image. */
  protected override applyToParts(parts: Parts, images: Tensor, draw: CutMixDraw): Parts {
    const { order, rectangles } = draw;
    const [height, width] = sizeOf(images, this.config.dataFormat);
    const left = rectangles.map(({ x, y }) => 1 - ((x[1] - x[0]) * (y[1] - y[0])) / (height * width));
    return mapParts(new Map(parts).set(IMAGES, this.applyDraw(images, draw)), {
      [LABELS]: (labels) => mixLabels(labels, { order, weights: left }),
      [MASKS]: (masks) => this.applyDraw(broadcastTo(cast(masks, 'float32'), images.shape), draw),
    });
  }
}

/** Makes a CutMix layer. Arguments, shapes and errors are those of the class. */
export function cutMix(args: CutMixArgs = {}): CutMix {
  return new CutMix(args);
}

/** Keras does not keep it in configs. */
const fillValue: Field<number> = { ...number(-1), serialize: () => undefined };

const boxesFields = { dataFormat: dataFormat(), maxNumber: positiveInteger(), fillValue };

/** The arguments of Keras's MaxNumBoundingBoxes. */
export interface MaxNumBoundingBoxesArgs extends Omit<AugmentationArgs, 'seed'> {
  /** The number of boxes of an example. */
  maxNumber: number;
  /** The numbers and the label of a box that is added. Default -1. Files do not keep it, as in Keras. */
  fillValue?: number;
}

/**
 * Pads or cuts the list of boxes of each example, at inference too. Images and labels stay as they are.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/max_num_bounding_boxes/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class MaxNumBoundingBoxes extends Augmentation<typeof boxesFields> {
  static readonly className: string = 'MaxNumBoundingBoxes';

  constructor(args: MaxNumBoundingBoxesArgs, context?: LayerContext) {
    super(args, boxesFields, context);
  }

  protected override transform(images: Tensor): Tensor {
    return images.clone();
  }

  protected override callParts(parts: Parts): Parts {
    const { maxNumber, fillValue } = this.config;
    const fit = (x: Tensor) => {
      const shape: readonly number[] = x.shape;
      const count = Math.min(shape[1], maxNumber);
      const begin = shape.map(() => 0);
      const kept = slice(x, begin, [shape[0], count, ...shape.slice(2)]);
      const paddings = shape.map((_, axis): [number, number] => [0, axis === 1 ? maxNumber - count : 0]);
      return pad(kept, paddings, fillValue);
    };
    return mapParts(parts, { [BOXES]: fit, [BOX_LABELS]: fit });
  }

  protected override partShape(key: string, shape: Shape): Shape {
    const isOfBoxes = key === BOXES || key === BOX_LABELS;
    return isOfBoxes ? [shape[0], this.config.maxNumber, ...shape.slice(2)] : shape;
  }

  /** Keras gives the images themselves, with their mask, in training too. */
  override computeMask(_inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]): Tensor {
    return (this.hasKeys ? mask : [mask ?? null].flat()[0]) as Tensor;
  }
}

/** Makes a MaxNumBoundingBoxes layer. Arguments, shapes and errors are those of the class. */
export function maxNumBoundingBoxes(args: MaxNumBoundingBoxesArgs): MaxNumBoundingBoxes {
  return new MaxNumBoundingBoxes(args);
}

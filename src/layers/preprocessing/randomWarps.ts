// Random image layers that move pixels: RandomShear, RandomPerspective, RandomElasticTransform.
// Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/

import {
  add,
  cast,
  clipByValue,
  greater,
  mul,
  type Tensor,
  tensor3d,
  tile,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import { dataFormat, type Field, number, oneOf } from '../base/fields.js';
import { KerasValueError, showValue } from '../base/kerasValueError.js';
import type { LayerContext } from '../base/layerArgs.js';
import { fillModes, type Sampling } from '../ops/sampling.js';
import { displaceSmoothly, projectionOf, projectTo } from '../ops/warpOps.js';
import { uniformNumbers } from '../random/distributions.js';
import { seedField } from '../random/randomSource.js';
import {
  type AugmentationArgs,
  DrawnAugmentation,
  MovingAugmentation,
  type Range,
  rangeField,
  valueRange,
  whereChosen,
} from './augmentation.js';
import { type BoxesAndLabels, clipCorners, toCorners } from './boundingBoxes.js';
import { BOXES, IMAGES, MASKS, mapParts, type Parts } from './imageLayer.js';
import { type Size, sizeOf } from './images.js';
import { type Affine, boundsOf, perBox, shearCorners } from './movedBoxes.js';
import { AffineAugmentation } from './randomAffine.js';
import { withInverse } from './warpGradients.js';

const seed = seedField();
const transform = { interpolation: oneOf(['bilinear', 'nearest'], 'bilinear'), fillValue: number(0), seed };
const transformWithMode = { ...transform, fillMode: oneOf(['reflect', 'wrap', 'constant', 'nearest'], 'reflect') };

interface TransformArgs extends AugmentationArgs {
  /** 'bilinear' (default) or 'nearest'. */
  interpolation?: string;
  /** The value of fillMode 'constant'. Default 0. */
  fillValue?: number;
  /** How points beyond the borders are filled: 'reflect' (default), 'wrap', 'constant' or 'nearest'. */
  fillMode?: string;
}

const shearFields = {
  dataFormat: dataFormat(),
  xFactor: rangeField(-1, 1, 0),
  yFactor: rangeField(-1, 1, 0),
  ...transformWithMode,
};

/** The arguments of Keras's RandomShear. */
export interface RandomShearArgs extends TransformArgs {
  /** Shear along the width. One number or [lower, upper] in [-1, 1]. Default 0. */
  xFactor?: number | Range;
  /** Shear along the height. One number or [lower, upper] in [-1, 1]. Default 0. */
  yFactor?: number | Range;
}

/**
 * Shears each image at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomShear extends AffineAugmentation<typeof shearFields> {
  static readonly className: string = 'RandomShear';

  constructor(args: RandomShearArgs = {}, context?: LayerContext) {
    super(args, shearFields, context);
  }

  protected override affine(_size: Size, draw: (range: Range) => number): Affine {
    const { xFactor, yFactor } = this.config;
    const sign = draw([0, 1]) > 0.5 ? -1 : 1;
    const y = sign * draw(yFactor);
    return [1, sign * draw(xFactor), 0, y, 1, 0];
  }

  protected override moveBoxes(
    { boxes, labels }: BoxesAndLabels,
    affines: readonly Affine[],
    size: Size,
  ): BoxesAndLabels {
    const sheared = shearCorners(toCorners(boxes, this.boxFormat as string, size, true), affines);
    return this.clippedParts(sheared, labels, size);
  }
}

/** Makes a RandomShear layer. Arguments, shapes and errors are those of the class. */
export function randomShear(args: RandomShearArgs = {}): RandomShear {
  return new RandomShear(args);
}

const scaleOfCorners: Field<number> = {
  parse(value, context) {
    const given = number(1).parse(value, context);
    if (given >= 0 && given <= 1) return given;
    throw new KerasValueError(
      `The \`scale\` argument should be a number in the range [0,1]. Received: scale=${showValue(value)}`,
    );
  },
  serialize: (value) => value,
};

const perspectiveFields = {
  dataFormat: dataFormat(),
  factor: rangeField(0, 1, [0, 1]),
  scale: scaleOfCorners,
  ...transform,
};

/** The arguments of Keras's RandomPerspective. */
export interface RandomPerspectiveArgs extends Omit<TransformArgs, 'fillMode'> {
  /** Probability that an image is changed. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** How far the corners move. Default 1. */
  scale?: number;
}

/** What is drawn: for each image whether it is changed, and by what part of itself each corner's x and y moves. */
export interface PerspectiveDraw {
  readonly isChosen: readonly boolean[];
  readonly shifts: readonly number[];
}

/**
 * Changes the perspective of each image at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomPerspective extends MovingAugmentation<typeof perspectiveFields, PerspectiveDraw> {
  static readonly className: string = 'RandomPerspective';

  constructor(args: RandomPerspectiveArgs = {}, context?: LayerContext) {
    super(args, perspectiveFields, context);
  }

  override draw(images: Tensor): PerspectiveDraw {
    const { factor, scale } = this.config;
    const isChosen = this.drawChosen(images, factor);
    return { isChosen, shifts: uniformNumbers(this.random.stream, 8 * isChosen.length, -scale / 2, scale / 2) };
  }

  override applyDraw(images: Tensor, draw: PerspectiveDraw, sampling?: 'nearest'): Tensor {
    const { dataFormat, interpolation, fillValue } = this.config;
    const { isChosen } = draw;
    const isLast = dataFormat === 'channels_last';
    const size = sizeOf(images, dataFormat);
    const isLinear = (sampling ?? interpolation) === 'bilinear';
    const filledWith = (fill: number): Sampling => ({ order: isLinear ? 1 : 0, mode: 'constant', fill });
    const y = withInverse(
      isLast ? images : transpose(images, [0, 2, 3, 1]),
      (given) => projectTo(given, ...cornersOf(draw, size), filledWith(fillValue)),
      (dy) => {
        const [start, end] = cornersOf(draw, size); // made anew: a tidy of the call may have ended
        return projectTo(dy, end, start, filledWith(0));
      },
    );
    return whereChosen(isChosen, isLast ? y : transpose(y, [0, 3, 1, 2]), images);
  }

  /** As Keras, which gives corners in pixels, whatever the format of the layer. */
  protected override moveBoxes({ boxes, labels }: BoxesAndLabels, draw: PerspectiveDraw, size: Size): BoxesAndLabels {
    const corners = toCorners(boxes, this.boxFormat as string, size);
    const isMoved = greater(perBox(draw.isChosen.map(Number)), 0);
    const moved = boundsOf(corners, projectionOf(...cornersOf(draw, size)));
    return clipCorners(where(isMoved, moved, corners), labels, size);
  }
}

/** The corners of the images [n, 4, 2], and where they go. */
function cornersOf({ isChosen, shifts }: PerspectiveDraw, [height, width]: Size): [start: Tensor, end: Tensor] {
  const [right, bottom] = [width - 1, height - 1];
  const corners = tensor3d([0, 0, right, 0, 0, bottom, right, bottom], [1, 4, 2]);
  const start = tile(corners, [isChosen.length, 1, 1]);
  return [start, add(start, mul(start, tensor3d([...shifts], [isChosen.length, 4, 2])))];
}

/** Makes a RandomPerspective layer. Arguments, shapes and errors are those of the class. */
export function randomPerspective(args: RandomPerspectiveArgs = {}): RandomPerspective {
  return new RandomPerspective(args);
}

const elasticFields = {
  dataFormat: dataFormat(),
  factor: rangeField(0, 1, [0, 1]),
  scale: rangeField(0, 1, [0, 1]),
  ...transform,
  fillMode: oneOf(fillModes, 'reflect'),
  valueRange: valueRange(),
};

/** The arguments of Keras's RandomElasticTransform. */
export interface RandomElasticTransformArgs extends TransformArgs {
  /** Probability that an image is changed. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  factor?: number | Range;
  /** Strength of the distortion. One number or [lower, upper] in [0, 1]. Default: the whole range. */
  scale?: number | Range;
  /** Range of the images' values. Default [0, 255]. */
  valueRange?: Range;
}

/** What is drawn: for each image whether it is changed, and the strength of the distortion of all of them. */
export interface ElasticDraw {
  readonly isChosen: readonly boolean[];
  readonly strength: number;
}

/**
 * Distorts each image elastically at random while training. At inference it is the identity.
 * Input and output: float32 or int32 images, one or a batch; the output is float32.
 * Source: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 *
 * @throws ValueError for arguments that Keras refuses.
 */
export class RandomElasticTransform extends DrawnAugmentation<typeof elasticFields, ElasticDraw> {
  static readonly className: string = 'RandomElasticTransform';

  constructor(args: RandomElasticTransformArgs = {}, context?: LayerContext) {
    super(args, elasticFields, context);
  }

  override draw(images: Tensor): ElasticDraw {
    const { factor, scale } = this.config;
    return { isChosen: this.drawChosen(images, factor), strength: uniformNumbers(this.random.stream, 1, ...scale)[0] };
  }

  override applyDraw(images: Tensor, { isChosen, strength }: ElasticDraw, resampling?: 'nearest'): Tensor {
    const { dataFormat, interpolation, fillMode, fillValue, valueRange } = this.config;
    if (strength === 0) return images.clone();
    const isLast = dataFormat === 'channels_last';
    const size = sizeOf(images, dataFormat);
    const y = displaceSmoothly(isLast ? images : transpose(images, [0, 2, 3, 1]), {
      alpha: 0.1 * strength * Math.max(...size),
      sigma: 0.05 * strength * Math.min(...size),
      sampling: { order: (resampling ?? interpolation) === 'bilinear' ? 1 : 0, mode: fillMode, fill: fillValue },
      noise: (shape, stddev) => this.random.drawNormal(shape, 0, stddev),
    });
    const moved = whereChosen(isChosen, isLast ? y : transpose(y, [0, 3, 1, 2]), images);
    return clipByValue(moved, ...valueRange);
  }

  protected override refusal(key: string): string | undefined {
    return key === BOXES ? 'bounding boxes cannot be distorted, in Keras neither' : undefined;
  }

  /** As in Keras, the pixels of masks move by displacements of their own, drawn anew with the same strength. */
  protected override applyToParts(parts: Parts, images: Tensor, draw: ElasticDraw): Parts {
    return mapParts(new Map(parts).set(IMAGES, this.applyDraw(images, draw)), {
      [MASKS]: (masks) => this.applyDraw(cast(masks, 'float32'), draw, 'nearest'),
    });
  }
}

/** Makes a RandomElasticTransform layer. Arguments, shapes and errors are those of the class. */
export function randomElasticTransform(args: RandomElasticTransformArgs = {}): RandomElasticTransform {
  return new RandomElasticTransform(args);
}

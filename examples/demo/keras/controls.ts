/** The controls for the range of the pixels and, if the model takes any size, for the size of the picture. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  defaultRange,
  type PictureInput,
  type PixelRange,
  pictureInputOf,
} from '../../../src/pictures/pictureInput.js';
import { byId } from '../dom.js';
import { PageError } from '../pageError.js';

const scale = byId('scale', HTMLSelectElement);
const sizeLabel = byId('size-label', HTMLLabelElement);
const height = byId('height', HTMLInputElement);
const width = byId('width', HTMLInputElement);

export interface Choices {
  readonly range: PixelRange;
  /** Absent if the model has a fixed size. */
  readonly size?: readonly [height: number, width: number];
}

/**
 * Sets up the controls for a model.
 * @throws Error for a model that takes no picture.
 */
export function offerChoices(model: LayersModel): PictureInput {
  const input = pictureInputOf(model);
  scale.value = defaultRange(model);
  sizeLabel.hidden = input.height !== null && input.width !== null;
  return input;
}

/** Fills in the picture's own size, which the user may change. */
export function suggestSize(input: PictureInput, picture: { width: number; height: number }): void {
  height.value = String(input.height ?? picture.height);
  width.value = String(input.width ?? picture.width);
  height.disabled = input.height !== null;
  width.disabled = input.width !== null;
}

export function setRange(range: PixelRange): void {
  scale.value = range;
}

/**
 * Reads the controls.
 * @throws Error for a size that is not two whole numbers in range.
 */
export function readChoices(): Choices {
  const range = scale.value as PixelRange;
  if (sizeLabel.hidden) return { range };
  const size = [height, width].map((input) => input.valueAsNumber) as [number, number];
  if (size.every((value) => Number.isInteger(value) && value >= 1 && value <= 4096)) return { range, size };
  throw new PageError('Enter whole numbers from 1 to 4096.', `Height and width are ${size.join(' × ')}.`);
}

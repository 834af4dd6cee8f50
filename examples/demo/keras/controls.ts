/** How the picture is given to the model: the range of its pixels and, for a model that takes any, its size. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  defaultRange,
  type PictureInput,
  type PixelRange,
  pictureInputOf,
} from '../../../src/pictures/pictureInput.js';
import { byId } from '../dom.js';

const scale = byId('scale', HTMLSelectElement);
const sizeLabel = byId('size-label', HTMLLabelElement);
const height = byId('height', HTMLInputElement);
const width = byId('width', HTMLInputElement);

export interface Choices {
  readonly range: PixelRange;
  /** Absent: the model says. */
  readonly size?: readonly [height: number, width: number];
}

/** @throws Error for a model that takes no picture. */
export function offerChoices(model: LayersModel): PictureInput {
  const input = pictureInputOf(model);
  scale.value = defaultRange(model);
  sizeLabel.hidden = input.height !== null && input.width !== null;
  return input;
}

/** The picture's own size, until the user says otherwise. */
export function suggestSize(input: PictureInput, picture: { width: number; height: number }): void {
  height.value = String(input.height ?? picture.height);
  width.value = String(input.width ?? picture.width);
  height.disabled = input.height !== null;
  width.disabled = input.width !== null;
}

export function setRange(range: PixelRange): void {
  scale.value = range;
}

/** @throws Error for a size that is none. */
export function chosen(): Choices {
  const range = scale.value as PixelRange;
  if (sizeLabel.hidden) return { range };
  const size = [height, width].map((input) => input.valueAsNumber) as [number, number];
  if (size.every((value) => Number.isInteger(value) && value >= 1 && value <= 4096)) return { range, size };
  throw new Error(`Height and width must be whole numbers from 1 to 4096; received ${size.join(' × ')}.`);
}

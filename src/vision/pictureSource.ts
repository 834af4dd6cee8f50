// Pictures from whatever an app has: elements of a page, bytes of files, tensors.

import { cast, type PixelData, reshape, Tensor, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { check } from '../core/errors.js';
import type { Picture } from '../pictures/picture.js';
import { pixelsOf } from '../pictures/pictureInput.js';

/**
 * A picture: the bytes of a PNG or JPEG file (in pages of any format that the browser shows), a Blob or File of them; what
 * `tf.browser.fromPixels` takes, an OffscreenCanvas or a VideoFrame; `{ width, height, data }` with four bytes a pixel; or
 * a tensor [height, width, channels] or [1, height, width, channels] of values 0..255.
 */
export type PictureSource =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | PixelData
  | ImageData
  | ImageBitmap
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | Picture
  | Tensor3D
  | Tensor4D;

type Channels = 1 | 3 | 4;

/**
 * The pixels of a source: float32 [1, height, width, channels], 0..255. Photographs are upright. Transparent pixels lie on
 * white; grey follows ITU-R BT.601.
 * @throws Error for what is no picture, and for bytes of another format or of a damaged file.
 */
export async function readPixels(source: PictureSource, channels: Channels): Promise<Tensor4D> {
  if (source instanceof Tensor) return fromTensor(source, channels);
  const picture = await readPictureOf(source);
  return tidy(() => pixelsOf(picture, channels));
}

/** The picture of a source that is no tensor, as bytes. */
export async function readPictureOf(source: Exclude<PictureSource, Tensor3D | Tensor4D>): Promise<Picture> {
  if (source instanceof Uint8Array) return decodeBytes(source);
  if (source instanceof ArrayBuffer) return decodeBytes(new Uint8Array(source));
  if (typeof Blob !== 'undefined' && source instanceof Blob)
    return decodeBytes(new Uint8Array(await source.arrayBuffer()));
  if (isPlainPicture(source)) return source;
  const drawable = typeof source === 'object' && source !== null && isDrawable(source);
  check(drawable, 'pictureToTensor', 'this is no picture', { source: nameOf(source) });
  return draw(source as Drawable);
}

type Drawable = ImageBitmap | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement | OffscreenCanvas;

function isPlainPicture(source: unknown): source is Picture {
  const { width, height, data } = source as Partial<Picture>;
  const isBytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  if (!isBytes || width === undefined || height === undefined) return false;
  const rule = 'data must have four bytes for each pixel';
  check(data.length === 4 * width * height, 'pictureToTensor', rule, { width, height, 'data.length': data.length });
  return true;
}

function isDrawable(source: object): boolean {
  return /^(HTML(Image|Canvas|Video)Element|OffscreenCanvas|ImageBitmap|VideoFrame)$/.test(nameOf(source));
}

function nameOf(source: unknown): string {
  return Object.prototype.toString.call(source).slice('[object '.length, -1);
}

function fromTensor(source: Tensor, channels: Channels): Tensor4D {
  const { shape, rank } = source;
  const isOne = rank === 3 || (rank === 4 && shape[0] === 1);
  const rule = `a tensor must be one picture with ${channels} channels, [height, width, ${channels}]`;
  check(isOne && shape[rank - 1] === channels, 'pictureToTensor', rule, { 'source.shape': shape });
  return tidy(() => reshape(cast(source, 'float32'), [1, ...shape.slice(-3)] as [number, number, number, number]));
}

/** Browsers decode by themselves, with the colours and the orientation that they show. */
async function decodeBytes(bytes: Uint8Array): Promise<Picture> {
  if (typeof createImageBitmap !== 'function' || typeof OffscreenCanvas === 'undefined') {
    const { decodePicture } = await import('../pictures/decodePicture.js');
    return decodePicture(bytes, 'the picture');
  }
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>])).catch((error: unknown) => {
    throw new Error(`pictureToTensor: the bytes must be a picture; received ${bytes.length} bytes`, { cause: error });
  });
  try {
    return draw(bitmap);
  } finally {
    bitmap.close();
  }
}

function draw(source: Drawable): Picture {
  const [width, height] = sizeOf(source);
  check(width > 0 && height > 0, 'pictureToTensor', 'the picture must have loaded', { width, height });
  const canvas =
    typeof OffscreenCanvas === 'undefined' ? pageCanvas(width, height) : new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function pageCanvas(width: number, height: number): HTMLCanvasElement {
  return Object.assign(document.createElement('canvas'), { width, height });
}

/** The size of the picture itself; `width` of an element is the size that it is shown at. */
function sizeOf(source: Drawable): readonly [number, number] {
  if ('videoWidth' in source) return [source.videoWidth, source.videoHeight];
  if ('naturalWidth' in source) return [source.naturalWidth, source.naturalHeight];
  if ('displayWidth' in source) return [source.displayWidth as number, (source as unknown as VideoFrame).displayHeight];
  return [source.width, source.height];
}

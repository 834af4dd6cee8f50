/**
 * Pictures as plain bytes, the same in Node and in the browser: no canvas, no tensor, no file. A picture has three
 * channels, since the network takes RGB; transparent pixels are blended with white.
 */

export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], 0..255 */
  readonly data: Uint8Array | Uint8ClampedArray;
}

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Removes the alpha channel by blending with white. */
export function rgbFromRgba(width: number, height: number, rgba: Uint8Array | Uint8ClampedArray): RgbImage {
  const data = new Uint8ClampedArray(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = rgba[pixel * 4 + 3] as number;
    for (let c = 0; c < 3; c++) {
      data[pixel * 3 + c] = ((rgba[pixel * 4 + c] as number) * alpha + 255 * (255 - alpha)) / 255;
    }
  }
  return { width, height, data };
}

/** The opaque RGBA bytes that `ImageData` takes. */
export function rgbaFromRgb({ width, height, data }: RgbImage): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgba.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  }
  return rgba;
}

export function crop(image: RgbImage, { left, top, width, height }: Rect): RgbImage {
  if (left < 0 || top < 0 || left + width > image.width || top + height > image.height) {
    throw new Error(
      `crop: the rectangle must lie inside the ${image.width} x ${image.height} picture; ` +
        `received rect=${width} x ${height} at ${left}, ${top}`,
    );
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** max |a - b| over all bytes or floats of two equally long lists. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new Error(`largestDifference: both lists must have one length; received lengths=${a.length}, ${b.length}`);
  }
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}

// The input pixels of each output pixel of a resized image, for one axis (height or width) at a time.

/** Two input indices, and the weight of the second. */
export interface Sample {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

/** Sizes of images, [batch, inH, inW, channels], and the samples of each output row and column. */
export interface Sampling {
  readonly batch: number;
  readonly inH: number;
  readonly inW: number;
  readonly channels: number;
  readonly rows: readonly Sample[];
  readonly columns: readonly Sample[];
}

/** How output indices lie among input indices. */
export interface Alignment {
  /** The centres of the corner pixels of both images coincide. */
  readonly alignCorners: boolean;
  /** The centres of pixels are at 0.5, 1.5, ... */
  readonly halfPixelCenters: boolean;
}

/** Input indices per output index, computed as in TensorFlow.js: its rounding decides ties. */
export function scaleOf(inSize: number, outSize: number, alignCorners: boolean): number {
  return alignCorners && outSize > 1 ? (inSize - 1) / (outSize - 1) : inSize / outSize;
}

/** The sample of each output index of a bilinear resize. */
export function bilinearSamples(
  inSize: number,
  outSize: number,
  { alignCorners, halfPixelCenters }: Alignment,
): Sample[] {
  const scale = scaleOf(inSize, outSize, alignCorners);
  return Array.from({ length: outSize }, (_, i) => {
    const position = halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i;
    const low = Math.max(0, Math.floor(position));
    return { low, high: Math.min(inSize - 1, Math.ceil(position)), fraction: position - low };
  });
}

/** The input index that each output index of a nearest-neighbour resize repeats. */
export function nearestIndices(
  inSize: number,
  outSize: number,
  { alignCorners, halfPixelCenters }: Alignment,
): number[] {
  const scale = scaleOf(inSize, outSize, alignCorners);
  return Array.from({ length: outSize }, (_, i) => {
    const position = halfPixelCenters ? scale * (i + 0.5) : scale * i;
    return Math.max(0, Math.min(inSize - 1, alignCorners ? Math.round(position) : Math.floor(position)));
  });
}

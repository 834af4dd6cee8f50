// Which input pixels an output pixel of a resized image is made of, for one side (height or width) at a time.

/** Two input indices, and the second one's share. */
export interface Sample {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

/** Images, [batch, inH, inW, channels], and what each output row and column is made of. */
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
  /** The first and last pixels of both lie upon each other. */
  readonly alignCorners: boolean;
  /** The centres of pixels are at 0.5, 1.5, ... */
  readonly halfPixelCenters: boolean;
}

/** Input indices per output index, computed as the host does, whose rounding decides ties. */
export function scaleOf(inSize: number, outSize: number, alignCorners: boolean): number {
  return alignCorners && outSize > 1 ? (inSize - 1) / (outSize - 1) : inSize / outSize;
}

/** What each output index of a bilinear resize is made of. */
export function bilinearSamples(
  inSize: number,
  outSize: number,
  { alignCorners, halfPixelCenters }: Alignment,
): Sample[] {
  const scale = scaleOf(inSize, outSize, alignCorners);
  return Array.from({ length: outSize }, (_, i) => {
    const place = halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i;
    const low = Math.max(0, Math.floor(place));
    return { low, high: Math.min(inSize - 1, Math.ceil(place)), fraction: place - low };
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
    const place = halfPixelCenters ? scale * (i + 0.5) : scale * i;
    return Math.max(0, Math.min(inSize - 1, alignCorners ? Math.round(place) : Math.floor(place)));
  });
}

// A picture as plain bytes, the same in Node and in a page.

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity, 0..255: [height, width, 4]. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

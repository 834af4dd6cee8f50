// A picture as plain bytes, the same in Node and in a page.

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4]: red, green, blue, opacity; 0..255. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

// The block layout: layer = (y % by) * bx + x % bx, texel = 4 channels, and a border of zero texels that padding reads.
//   inner: X = 1 + xb * c4s + c4            one zero column at each side
//   outer: X = 1 + c4 * (blocks + 1) + xb   one zero column before each channel quad and one at the end
//   Y = 1 + yb, one zero row above and below

import type { Block, ConvForm } from './convForm.js';

export interface Layout {
  readonly block: Block;
  readonly order: ConvForm['order'];
  readonly size: number;
  readonly c4s: number;
  /** Blocks along x. */
  readonly blocks: number;
  readonly width: number;
  readonly height: number;
  readonly layers: number;
}

export function layoutOf({ block, order }: Pick<ConvForm, 'block' | 'order'>, size: number, channels: number): Layout {
  const c4s = channels / 4;
  const blocks = Math.ceil(size / block.x);
  const width = order === 'inner' ? blocks * c4s + 2 : (blocks + 1) * c4s + 1;
  const height = Math.ceil(size / block.y) + 2;
  return { block, order, size, c4s, blocks, width, height, layers: block.x * block.y };
}

/** Position of channels 4 * c4 .. 4 * c4 + 3 of pixel y, x: index of the layer, and of the first value within it. */
function position(layout: Layout, y: number, x: number, c4: number): readonly [number, number] {
  const { block, order, c4s, blocks, width } = layout;
  const xb = Math.floor(x / block.x);
  const column = order === 'inner' ? 1 + xb * c4s + c4 : 1 + c4 * (blocks + 1) + xb;
  const row = 1 + Math.floor(y / block.y);
  return [(y % block.y) * block.x + (x % block.x), (row * width + column) * 4];
}

function forEachTexel({ size, c4s }: Layout, visit: (y: number, x: number, c4: number) => void): void {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let c4 = 0; c4 < c4s; c4++) visit(y, x, c4);
    }
  }
}

/** Values [y, x, c] as the values of each layer. */
export function toBlocks(layout: Layout, dense: Float32Array): Float32Array[] {
  const { layers, width, height, size, c4s } = layout;
  const planes = Array.from({ length: layers }, () => new Float32Array(width * height * 4));
  forEachTexel(layout, (y, x, c4) => {
    const [layer, at] = position(layout, y, x, c4);
    const from = ((y * size + x) * c4s + c4) * 4;
    planes[layer].set(dense.subarray(from, from + 4), at);
  });
  return planes;
}

export function fromBlocks(layout: Layout, planes: readonly Float32Array[]): Float32Array {
  const { size, c4s } = layout;
  const dense = new Float32Array(size * size * c4s * 4);
  forEachTexel(layout, (y, x, c4) => {
    const [layer, at] = position(layout, y, x, c4);
    dense.set(planes[layer].subarray(at, at + 4), ((y * size + x) * c4s + c4) * 4);
  });
  return dense;
}

// y[n, oy, ox, oc] = sum x[n, oy*strideH + shiftY, ox*strideW + shiftX, g*icg + ic] * w[ky, kx, ic, oc], channels last.
//
// A matrix product in tiles of 2 pixels x 4 output channels, whose 8 sums stay in registers. The inputs of a pixel are
// gathered into a patch, with zeros for the padding, and the weights are packed by tiles. Both are in double precision,
// so the inner loop has no branch, reads memory forwards and converts nothing. Gathering costs one store for each input
// of a pixel, and packing one for each weight, against outC/groups products.

import type { Conv } from '../conv.js';
import { columnTaps, type JsKernel, rowTaps } from './kernel.js';

const lanes = 4;

export const conv2dNhwc: JsKernel = {
  name: 'js/conv2dNhwc',
  supports: (conv) => conv.dataFormat === 'NHWC',
  run(conv, x, w) {
    const { batch, inC, outH, outW, outC, kH, kW, groups } = conv;
    const pixels = batch * outH * outW;
    const depth = kH * kW * (inC / groups);
    const ocg = outC / groups;
    const y = new Float32Array(pixels * outC);
    const packed = packFilter(conv, w);
    const tileSize = depth * lanes;
    const tilesPerGroup = Math.ceil(ocg / lanes);
    const gather = patchGatherer(conv, x);
    const even = new Float64Array(depth);
    const odd = new Float64Array(depth);
    const sums = new Float64Array(2 * lanes);
    const product = { even, odd, packed, sums };
    for (let pixel = 0; pixel < pixels; pixel += 2) {
      const isPair = pixel + 1 < pixels;
      for (let g = 0; g < groups; g++) {
        gather(pixel, g, even);
        if (isPair) gather(pixel + 1, g, odd);
        for (let tile = 0; tile < tilesPerGroup; tile++) {
          multiplyTile(product, (g * tilesPerGroup + tile) * tileSize);
          const out = pixel * outC + g * ocg + tile * lanes;
          const width = Math.min(lanes, ocg - tile * lanes);
          for (let i = 0; i < width; i++) y[out + i] = sums[i];
          if (isPair) for (let i = 0; i < width; i++) y[out + outC + i] = sums[lanes + i];
        }
      }
    }
    return y;
  },
};

interface Product {
  /** The patches of two consecutive pixels. */
  readonly even: Float64Array;
  readonly odd: Float64Array;
  readonly packed: Float64Array;
  /** The result: 4 sums for each patch. */
  readonly sums: Float64Array;
}

/** sums = [even . tile, odd . tile], where the tile's rows of 4 weights start at packed[at]. */
function multiplyTile({ even, odd, packed, sums }: Product, at: number): void {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  for (let i = 0, p = at; i < even.length; i++, p += lanes) {
    const a = even[i];
    const b = odd[i];
    const w0 = packed[p];
    const w1 = packed[p + 1];
    const w2 = packed[p + 2];
    const w3 = packed[p + 3];
    a0 += a * w0;
    a1 += a * w1;
    a2 += a * w2;
    a3 += a * w3;
    b0 += b * w0;
    b1 += b * w1;
    b2 += b * w2;
    b3 += b * w3;
  }
  sums[0] = a0;
  sums[1] = a1;
  sums[2] = a2;
  sums[3] = a3;
  sums[4] = b0;
  sums[5] = b1;
  sums[6] = b2;
  sums[7] = b3;
}

/** [group][tile of 4 output channels][ky, kx, ic][4]. Lanes beyond the group's last channel are 0. */
function packFilter({ kH, kW, inC, outC, groups }: Conv, w: Float32Array): Float64Array {
  const depth = kH * kW * (inC / groups);
  const ocg = outC / groups;
  const tilesPerGroup = Math.ceil(ocg / lanes);
  const packed = new Float64Array(groups * tilesPerGroup * depth * lanes);
  for (let oc = 0; oc < outC; oc++) {
    const g = Math.floor(oc / ocg);
    const inGroup = oc - g * ocg;
    const tile = Math.floor(inGroup / lanes);
    let to = (g * tilesPerGroup + tile) * depth * lanes + (inGroup - tile * lanes);
    for (let i = 0; i < depth; i++, to += lanes) packed[to] = w[i * outC + oc];
  }
  return packed;
}

/**
 * Fills a patch with the inputs of group g that output `pixel` (counted over batch, rows, columns) reads, in w's order.
 */
function patchGatherer(conv: Conv, x: Float32Array): (pixel: number, g: number, patch: Float64Array) => void {
  const { inH, inW, inC, outH, outW, kH, kW, groups, strideH, strideW } = conv;
  const icg = inC / groups;
  const rows = rowTaps(conv);
  const columns = columnTaps(conv);
  return (pixel, g, patch) => {
    const ox = pixel % outW;
    const row = (pixel - ox) / outW;
    const oy = row % outH;
    const n = (row - oy) / outH;
    let to = 0;
    for (let ky = 0; ky < kH; ky++) {
      const isRow = oy >= rows.from[ky] && oy < rows.to[ky];
      const image = (n * inH + oy * strideH + rows.shift[ky]) * inW;
      for (let kx = 0; kx < kW; kx++) {
        const end = to + icg;
        if (isRow && ox >= columns.from[kx] && ox < columns.to[kx]) {
          let from = (image + ox * strideW + columns.shift[kx]) * inC + g * icg;
          while (to < end) patch[to++] = x[from++];
        } else {
          patch.fill(0, to, end);
          to = end;
        }
      }
    }
  };
}

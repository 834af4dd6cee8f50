// Between TensorFlow.js's textures and the tiled layout. TensorFlow.js holds a tensor either unpacked, one value a texel in row-major
// order, or packed, where a texel holds two by two values of the last two dimensions (here columns and channels) and the texels
// are in row-major order.

import { advance, texelSource } from '../../untiled/tfjsTexture.js';
import { lines, type TileProgram } from '../program.js';
import type { Addressing } from './addressing.js';
import type { TileLayout, TileShape } from './layout.js';
import { dimsOf, logOf, maskSource, pixelOf, placeSource, textureRow } from './place.js';

export interface TfjsTexture {
  /** Texels of one row of the texture. */
  readonly columns: number;
  /** Elements that precede the tensor in an unpacked texture: a slice. */
  readonly offset: number;
}

export interface ConvertSpec {
  readonly tile: TileShape;
  readonly packed: boolean;
}

export function convertInts(layout: TileLayout, { columns, offset }: TfjsTexture): number[] {
  return [...dimsOf(layout), columns, offset, layout.c, layout.n];
}

export function toTilesProgram(spec: ConvertSpec): TileProgram {
  const { tile, packed } = spec;
  return {
    key: `glsl/tiled/toTiles ${JSON.stringify(spec)}`,
    inputs: { tfjsTexture: 'tfjs' },
    ints: ['yDims', 'texture2d'],
    floats: [],
    targets: tile.rows * tile.columns,
    source: () => `${texelSource}
void main() {${placeSource('yDims')}
  int channels = texture2d.z;
${lines(tile.rows * tile.columns, (i) => `  vec4 v${i};`)}
${packed ? fromPacked(tile) : fromUnpacked(tile)}
${maskSource('yDims', 'channels', tile, (i) => `v${i}`)}
${lines(tile.rows * tile.columns, (i) => `  y${i} = v${i};`)}
}
`,
  };
}

function fromUnpacked(tile: TileShape): string {
  const component = (name: string, which: string) => `
    ${name}.${which} = texelFetch(tfjsTexture, at, 0).r;
    ${advance('tfjsTexture', 'at', 'ivec2(1, 0)').replace('tfjsTextureTexShape.y', 'texture2d.x')};`;
  return lines(tile.rows * tile.columns, (i) => {
    const [row, column] = pixelOf(i, tile);
    const pixel = `(n * yDims.x + yb * ${tile.rows} + ${row}) * yDims.y + xb * ${tile.columns} + ${column}`;
    return `  {
    ivec2 at = texelOf((${pixel}) * channels + 4 * q + texture2d.y, texture2d.x);${[...'xyzw'].map((which) => component(`v${i}`, which)).join('')}
  }`;
  });
}

/** A texel of TensorFlow.js holds two pixels of a row. */
function fromPacked(tile: TileShape): string {
  const pairs = Math.ceil(tile.columns / 2);
  return lines(tile.rows * pairs, (i) => {
    const row = Math.floor(i / pairs);
    const column = (i % pairs) * 2;
    const first = row * tile.columns + column;
    const pair = `(n * yDims.x + yb * ${tile.rows} + ${row}) * ((yDims.y + 1) >> 1) + ((xb * ${tile.columns} + ${column}) >> 1)`;
    return `  {
    int at = (${pair}) * ((channels + 1) >> 1) + 2 * q;
    vec4 low = texelFetch(tfjsTexture, texelOf(at, texture2d.x), 0);
    vec4 high = texelFetch(tfjsTexture, texelOf(at + 1, texture2d.x), 0);
    v${first} = vec4(low.xy, high.xy);
    ${tile.columns > 1 ? `v${first + 1} = vec4(low.zw, high.zw);` : '// a tile of one pixel has no second'}
  }`;
  });
}

export function toTfjsProgram(spec: ConvertSpec): TileProgram {
  return {
    key: `glsl/tiled/toTfjs ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    ints: ['xDims', 'texture2d'],
    floats: [],
    targets: 1,
    source: (at) => `
void main() {
  int i = int(gl_FragCoord.y) * texture2d.x + int(gl_FragCoord.x);
  int channels = texture2d.z;
${spec.packed ? toPacked(at, spec.tile) : toUnpacked(at, spec.tile)}
}
`,
  };
}

function toUnpacked(at: Addressing, tile: TileShape): string {
  return `
  int pixel = i / channels;
  int c = i - pixel * channels;
  int row = pixel / xDims.y;
  int ix = pixel - row * xDims.y;
  int n = row / xDims.x;
  int iy = row - n * xDims.x;
  vec4 v = ${texelOfPixel(at, tile, 'c >> 2')};
  y0 = vec4(v[c & 3]);`;
}

function toPacked(at: Addressing, tile: TileShape): string {
  return `
  int channelPairs = (channels + 1) >> 1;
  int columnPairs = (xDims.y + 1) >> 1;
  int pixelPair = i / channelPairs;
  int c = i - pixelPair * channelPairs;
  int row = pixelPair / columnPairs;
  int ix = (pixelPair - row * columnPairs) << 1;
  int n = row / xDims.x;
  int iy = row - n * xDims.x;
  vec4 left = ${texelOfPixel(at, tile, 'c >> 1')};
  vec4 right = ${tile.columns > 1 ? texelOfPixel(at, tile, 'c >> 1', 1) : 'vec4(0.0)'};
  y0 = (c & 1) == 0 ? vec4(left.xy, right.xy) : vec4(left.zw, right.zw);`;
}

function texelOfPixel(at: Addressing, tile: TileShape, quad: string, layersOn = 0): string {
  const log = logOf(tile);
  const layer = `((iy & ${tile.rows - 1}) << ${log.columns}) + (ix & ${tile.columns - 1}) + ${layersOn}`;
  return at.tiles(
    'x',
    at.x('x', `1 + (ix >> ${log.columns}) * xDims.z + (${quad})`),
    at.y('x', textureRow('xDims', 'n', `(iy >> ${log.rows})`)),
    at.layer(layer),
  );
}

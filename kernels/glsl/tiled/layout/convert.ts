// Between the host's textures and the block layout. The host holds a tensor either unpacked, one value a texel in row-major
// order, or packed, where a texel holds two by two values of the last two dimensions (here columns and channels) and the texels
// are in row-major order.

import { advance, texelSource } from '../../untiled/tfjsTexture.js';
import { type BlockProgram, lines } from '../program.js';
import type { Addressing } from './addressing.js';
import type { BlockLayout, BlockShape } from './layout.js';
import { dimsOf, logOf, maskSource, pixelOf, placeSource, textureRow } from './place.js';

export interface HostTexture {
  /** Texels of one row of the texture. */
  readonly columns: number;
  /** Elements that precede the tensor in an unpacked texture: a slice. */
  readonly offset: number;
}

export interface ConvertSpec {
  readonly block: BlockShape;
  readonly packed: boolean;
}

export function convertInts(layout: BlockLayout, { columns, offset }: HostTexture): number[] {
  return [...dimsOf(layout), columns, offset, layout.c, layout.n];
}

export function toBlocksProgram(spec: ConvertSpec): BlockProgram {
  const { block, packed } = spec;
  return {
    key: `glsl/block/toBlocks ${JSON.stringify(spec)}`,
    inputs: { host: 'host' },
    ints: ['yDims', 'texture2d'],
    floats: [],
    targets: block.rows * block.columns,
    source: () => `${texelSource}
void main() {${placeSource('yDims')}
  int channels = texture2d.z;
${lines(block.rows * block.columns, (i) => `  vec4 v${i};`)}
${packed ? fromPacked(block) : fromUnpacked(block)}
${maskSource('yDims', 'channels', block, (i) => `v${i}`)}
${lines(block.rows * block.columns, (i) => `  y${i} = v${i};`)}
}
`,
  };
}

function fromUnpacked(block: BlockShape): string {
  const component = (name: string, which: string) => `
    ${name}.${which} = texelFetch(host, at, 0).r;
    ${advance('host', 'at', 'ivec2(1, 0)').replace('hostTexShape.y', 'texture2d.x')};`;
  return lines(block.rows * block.columns, (i) => {
    const [row, column] = pixelOf(i, block);
    const pixel = `(n * yDims.x + yb * ${block.rows} + ${row}) * yDims.y + xb * ${block.columns} + ${column}`;
    return `  {
    ivec2 at = texelOf((${pixel}) * channels + 4 * q + texture2d.y, texture2d.x);${[...'xyzw'].map((which) => component(`v${i}`, which)).join('')}
  }`;
  });
}

/** A texel of the host holds two pixels of a row. */
function fromPacked(block: BlockShape): string {
  const pairs = Math.ceil(block.columns / 2);
  return lines(block.rows * pairs, (i) => {
    const row = Math.floor(i / pairs);
    const column = (i % pairs) * 2;
    const first = row * block.columns + column;
    const pair = `(n * yDims.x + yb * ${block.rows} + ${row}) * ((yDims.y + 1) >> 1) + ((xb * ${block.columns} + ${column}) >> 1)`;
    return `  {
    int at = (${pair}) * ((channels + 1) >> 1) + 2 * q;
    vec4 low = texelFetch(host, texelOf(at, texture2d.x), 0);
    vec4 high = texelFetch(host, texelOf(at + 1, texture2d.x), 0);
    v${first} = vec4(low.xy, high.xy);
    ${block.columns > 1 ? `v${first + 1} = vec4(low.zw, high.zw);` : '// a block of one pixel has no second'}
  }`;
  });
}

export function toHostProgram(spec: ConvertSpec): BlockProgram {
  return {
    key: `glsl/block/toHost ${JSON.stringify(spec)}`,
    inputs: { x: 'blocks' },
    ints: ['xDims', 'texture2d'],
    floats: [],
    targets: 1,
    source: (at) => `
void main() {
  int i = int(gl_FragCoord.y) * texture2d.x + int(gl_FragCoord.x);
  int channels = texture2d.z;
${spec.packed ? toPacked(at, spec.block) : toUnpacked(at, spec.block)}
}
`,
  };
}

function toUnpacked(at: Addressing, block: BlockShape): string {
  return `
  int pixel = i / channels;
  int c = i - pixel * channels;
  int row = pixel / xDims.y;
  int ix = pixel - row * xDims.y;
  int n = row / xDims.x;
  int iy = row - n * xDims.x;
  vec4 v = ${texelOfPixel(at, block, 'c >> 2')};
  y0 = vec4(v[c & 3]);`;
}

function toPacked(at: Addressing, block: BlockShape): string {
  return `
  int channelPairs = (channels + 1) >> 1;
  int columnPairs = (xDims.y + 1) >> 1;
  int pixelPair = i / channelPairs;
  int c = i - pixelPair * channelPairs;
  int row = pixelPair / columnPairs;
  int ix = (pixelPair - row * columnPairs) << 1;
  int n = row / xDims.x;
  int iy = row - n * xDims.x;
  vec4 left = ${texelOfPixel(at, block, 'c >> 1')};
  vec4 right = ${block.columns > 1 ? texelOfPixel(at, block, 'c >> 1', 1) : 'vec4(0.0)'};
  y0 = (c & 1) == 0 ? vec4(left.xy, right.xy) : vec4(left.zw, right.zw);`;
}

function texelOfPixel(at: Addressing, block: BlockShape, quad: string, layersOn = 0): string {
  const log = logOf(block);
  const layer = `((iy & ${block.rows - 1}) << ${log.columns}) + (ix & ${block.columns - 1}) + ${layersOn}`;
  return at.blocks(
    'x',
    at.x('x', `1 + (ix >> ${log.columns}) * xDims.z + (${quad})`),
    at.y('x', textureRow('xDims', 'n', `(iy >> ${log.rows})`)),
    at.layer(layer),
  );
}

// From a texture of tfjs-backend-webgl to the tiled layout. TensorFlow.js holds a tensor in one of two ways: unpacked,
// one value a texel in row-major order, or packed, where a texel holds two by two values of the last two dimensions
// (here columns and channels) and the texels are in row-major order.

import { ints } from '../../uniforms.js';
import { texelSource } from '../../untiled/tfjsTexture.js';
import { lines, type TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import { layersOf, type TileShape } from './layout.js';
import { maskSource, pixelOf, placeSource } from './place.js';

export interface ConvertSpec {
  readonly tile: TileShape;
  /** Whether the texture of TensorFlow.js is packed. */
  readonly packed: boolean;
}

export const toTilesUniforms = uniforms({
  y: 'layout',
  // Texels in a row of the texture, and elements that precede the tensor in it: it may be a slice.
  ...ints('textureColumns', 'offset'),
});

export function toTilesProgram(spec: ConvertSpec): TileProgram<typeof toTilesUniforms> {
  const { tile, packed } = spec;
  return {
    key: `glsl/tiled/layout/toTiles ${JSON.stringify(spec)}`,
    inputs: { tfjsTexture: 'tfjs' },
    uniforms: toTilesUniforms,
    targets: layersOf(tile),
    source: () => `${texelSource}
void main() {${placeSource('y')}
${lines(layersOf(tile), (i) => `  vec4 v${i};`)}
${packed ? fromPacked(tile) : fromUnpacked(tile)}
${maskSource('y', tile, (i) => `v${i}`)}
${lines(layersOf(tile), (i) => `  y${i} = v${i};`)}
}
`,
  };
}

function fromUnpacked(tile: TileShape): string {
  const components = (name: string) =>
    [...'xyzw'].map(
      (component) => `
    ${name}.${component} = texelFetch(tfjsTexture, at, 0).r;
    at = advance(at, ivec2(1, 0), textureColumns);`,
    );
  return lines(layersOf(tile), (i) => {
    const [row, column] = pixelOf(i, tile);
    const pixel = `(n * yH + tileY * ${tile.rows} + ${row}) * yW + tileX * ${tile.columns} + ${column}`;
    return `  {
    ivec2 at = texelOf((${pixel}) * yC + 4 * q + offset, textureColumns);${components(`v${i}`).join('')}
  }`;
  });
}

/** A packed texel holds two pixels of a row. */
function fromPacked(tile: TileShape): string {
  const pairs = Math.ceil(tile.columns / 2);
  return lines(tile.rows * pairs, (i) => {
    const row = Math.floor(i / pairs);
    const column = (i % pairs) * 2;
    const first = row * tile.columns + column;
    const rowOfBatch = `n * yH + tileY * ${tile.rows} + ${row}`;
    const pair = `(${rowOfBatch}) * ((yW + 1) >> 1) + ((tileX * ${tile.columns} + ${column}) >> 1)`;
    return `  {
    int at = (${pair}) * ((yC + 1) >> 1) + 2 * q;
    vec4 low = texelFetch(tfjsTexture, texelOf(at, textureColumns), 0);
    vec4 high = texelFetch(tfjsTexture, texelOf(at + 1, textureColumns), 0);
    v${first} = vec4(low.xy, high.xy);
    ${tile.columns > 1 ? `v${first + 1} = vec4(low.zw, high.zw);` : '// a tile of one pixel has no second'}
  }`;
  });
}

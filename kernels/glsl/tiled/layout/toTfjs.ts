// From the tiled layout to a texture of tfjs-backend-webgl, unpacked or packed (toTiles.ts says how those lie).

import { ints } from '../../uniforms.js';
import type { TileProgram } from '../program.js';
import { uniforms } from '../uniforms.js';
import type { Addressing } from './addressing.js';
import type { TileShape } from './layout.js';
import { logOf, textureRow } from './place.js';
import type { ConvertSpec } from './toTiles.js';

export const toTfjsUniforms = uniforms({ x: 'layout', ...ints('textureColumns') });

export function toTfjsProgram(spec: ConvertSpec): TileProgram<typeof toTfjsUniforms> {
  return {
    key: `glsl/tiled/layout/toTfjs ${JSON.stringify(spec)}`,
    inputs: { x: 'tiles' },
    uniforms: toTfjsUniforms,
    targets: 1,
    source: (at) => `
void main() {
  int i = int(gl_FragCoord.y) * textureColumns + int(gl_FragCoord.x);
${spec.packed ? toPacked(at, spec.tile) : toUnpacked(at, spec.tile)}
}
`,
  };
}

function toUnpacked(at: Addressing, tile: TileShape): string {
  return `
  int pixel = i / xC;
  int c = i - pixel * xC;
  int row = pixel / xW;
  int ix = pixel - row * xW;
  int n = row / xH;
  int iy = row - n * xH;
  vec4 v = ${texelOfPixel(at, tile, 'c >> 2')};
  y0 = vec4(v[c & 3]);`;
}

function toPacked(at: Addressing, tile: TileShape): string {
  return `
  int channelPairs = (xC + 1) >> 1;
  int columnPairs = (xW + 1) >> 1;
  int pixelPair = i / channelPairs;
  int c = i - pixelPair * channelPairs;
  int row = pixelPair / columnPairs;
  int ix = (pixelPair - row * columnPairs) << 1;
  int n = row / xH;
  int iy = row - n * xH;
  vec4 left = ${texelOfPixel(at, tile, 'c >> 1')};
  vec4 right = ${tile.columns > 1 ? texelOfPixel(at, tile, 'c >> 1', 1) : 'vec4(0.0)'};
  y0 = (c & 1) == 0 ? vec4(left.xy, right.xy) : vec4(left.zw, right.zw);`;
}

/** The texel of pixel iy, ix of image n, or of the pixel `layersOn` layers further on in the same tile. */
export function texelOfPixel(at: Addressing, tile: TileShape, quad: string, layersOn = 0): string {
  const log = logOf(tile);
  const layer = `((iy & ${tile.rows - 1}) << ${log.columns}) + (ix & ${tile.columns - 1})`;
  return at.tiles(
    'x',
    at.x('x', `1 + (ix >> ${log.columns}) * xQuads + (${quad})`),
    at.y('x', textureRow('x', 'n', `(iy >> ${log.rows})`)),
    at.layer(layersOn === 0 ? layer : `${layer} + ${layersOn}`),
  );
}

// How Winograd's tiles are spread over textures: every tile in one part, every row of the output written once.

import { expect } from 'chai';
import { layoutOf, tileShapes } from '../../../../../kernels/glsl/tiled/layout/layout.js';
import {
  inputSize,
  type OutputTileGrid,
  outputRows,
  outputTilesOf,
  planOutputTiles,
  productSize,
} from '../../../../../kernels/glsl/tiled/winograd/outputTiles.js';
import { resolved } from '../../../../support/cases.js';
import { caseOf } from '../../../../support/convCase.js';

const sizes: readonly {
  readonly batch: number;
  readonly x: readonly [number, number, number];
  readonly outC: number;
}[] = [
  { batch: 1, x: [4, 4, 4], outC: 4 },
  { batch: 1, x: [5, 3, 4], outC: 9 },
  { batch: 3, x: [8, 8, 16], outC: 16 },
  { batch: 7, x: [9, 13, 8], outC: 20 },
  { batch: 2, x: [37, 21, 12], outC: 8 },
  { batch: 1, x: [100, 30, 4], outC: 5 },
];

describe("Winograd's tiles", () => {
  for (const { batch, x: size, outC } of sizes) {
    for (const texels of [1, 3000, 2 ** 20]) {
      for (const textureSize of [64, 4096]) {
        it(`${batch}x${size.join('x')}, ${outC} outputs, ${texels} texels, textures of ${textureSize}`, () => {
          const conv = resolved(caseOf({ batch, x: size, k: 3, outC }));
          const x = layoutOf({ n: batch, h: conv.inH, w: conv.inW, c: conv.inC }, tileShapes.wide);
          const y = layoutOf({ n: batch, h: conv.outH, w: conv.outW, c: outC }, tileShapes.wide);
          const grids = planOutputTiles(conv, x, y, { texels, textureSize });
          if (!grids) throw new Error('they must fit');
          for (const grid of grids) {
            const textures = [inputSize(grid, x), productSize(grid, y)];
            for (const { width, height } of textures) expect(Math.max(width, height)).to.be.at.most(textureSize);
            const isOneRow = grid.images * grid.rows === 1;
            for (const { width, height, layers } of textures) {
              // a border of two columns and a row, and up to seven tiles that fill a fragment
              const most = texels + 36 * 7 * Math.max(x.quads, y.quads);
              if (!isOneRow) expect((width - 2) * (height - 1) * layers).to.be.at.most(most);
            }
          }
          expect(rowsOfTiles(grids)).to.deep.equal(
            Array.from({ length: batch * outputTilesOf(conv).rows }, (_, i) => i),
          );
          expect(writtenRows(grids, y)).to.deep.equal(Array.from({ length: y.height - 1 }, (_, i) => i));
        });
      }
    }
  }

  it('says no where a row of tiles is too wide', () => {
    const conv = resolved(caseOf({ x: [4, 40, 32], k: 3, outC: 4 }));
    const layout = layoutOf({ n: 1, h: 4, w: 40, c: 32 }, tileShapes.wide);
    expect(planOutputTiles(conv, layout, layout, { texels: 1000, textureSize: 64 })).to.equal(undefined);
  });

  function rowsOfTiles(grids: readonly OutputTileGrid[]): number[] {
    const rowsOfImage = Math.max(...grids.map(({ firstRow, rows }) => firstRow + rows));
    return grids.flatMap(({ firstImage, images, firstRow, rows }) => {
      const image = (i: number) => firstImage + Math.floor(i / rows);
      return Array.from({ length: images * rows }, (_, i) => image(i) * rowsOfImage + firstRow + (i % rows));
    });
  }

  function writtenRows(grids: readonly OutputTileGrid[], y: ReturnType<typeof layoutOf>): number[] {
    return grids.flatMap((grid) => {
      const [from, count] = outputRows(grid, y);
      return Array.from({ length: count }, (_, i) => from + i);
    });
  }
});

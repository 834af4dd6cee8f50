// Uniforms follow from one declaration: where they are packed, their names in the text, and the type of the values.

import { expect } from 'chai';
import { layoutOf, tileShapes } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { uniforms } from '../../../../kernels/glsl/tiled/uniforms.js';
import { floats, ints, ivec4s } from '../../../../kernels/glsl/uniforms.js';
import { glsl } from '../../../../tools/print/glsl.js';

const layout = layoutOf({ n: 2, h: 5, w: 9, c: 6 }, tileShapes.wide);

describe('uniforms of tiled programs', () => {
  it('are packed where their names point to', () => {
    const declared = uniforms({
      y: 'layout',
      ...ints('strideH'),
      ...ivec4s('axis'),
      ...ints('size'),
      ...floats('a', 'b'),
    });
    const packed = declared.pack({ y: layout, strideH: 7, axis: [1, 2, 3, 4], size: 8, a: 0.5, b: -1 });
    const { h, w, c, quads, tileRows, imageRows } = layout;
    expect([...packed.ints]).to.deep.equal([h, w, c, quads, tileRows, imageRows, 7, 0, 1, 2, 3, 4, 8, 0, 0, 0]);
    expect([...packed.floats]).to.deep.equal([0.5, -1, 0, 0]);
    const places = declared.macros.map(
      ({ name, array, vector, component }) => `${name} ${array}${vector}${component ?? ''}`,
    );
    expect(places).to.deep.equal([
      ...['yH ints0x', 'yW ints0y', 'yC ints0z', 'yQuads ints0w', 'yTileRows ints1x', 'yImageRows ints1y'],
      ...['strideH ints1z', 'axis ints2', 'size ints3x', 'a floats0x', 'b floats0y'],
    ]);
  });

  it('take no vector where there are none', () => {
    const declared = uniforms({});
    expect([declared.ivec4s, declared.vec4s, declared.macros.length]).to.deep.equal([0, 0, 0]);
    expect(declared.pack({}).ints.length).to.equal(0);
  });

  it('are complete, says the compiler', () => {
    const declared = uniforms({ y: 'layout', ...ints('strideH', 'strideW') });
    expect(declared.pack({ y: layout, strideH: 1, strideW: 2 }).ints.length).to.equal(8);
    const notRun = () => {
      // @ts-expect-error strideW is missing
      declared.pack({ y: layout, strideH: 1 });
      // @ts-expect-error padTop is superfluous
      declared.pack({ y: layout, strideH: 1, strideW: 1, padTop: 0 });
      // @ts-expect-error y must be a layout
      declared.pack({ y: 1, strideH: 1, strideW: 1 });
    };
    expect(notRun).to.be.a('function');
  });

  for (const name of Object.keys(glsl).filter((path) => path.startsWith('glsl/tiled/'))) {
    it(`${name} uses all that it declares`, () => {
      const texts = variantsOf(name).map((options) => glsl[name].print(options));
      const declared = new Set(
        texts.flatMap((text) => [...text.matchAll(/^#define (\w+)/gm)].map(([, macro]) => macro)),
      );
      const used = new Set(texts.flatMap((text) => text.replace(/^#define \w+/gm, '').match(/\w+/g) ?? []));
      const unused = [...declared].filter((macro) => !used.has(macro) && !/(Texel|H|W|C|Quads|Rows)$/.test(macro));
      expect(unused).to.deep.equal([]);
    });
  }
});

/** The defaults, then each other alternative of one option. */
function variantsOf(name: string): string[][] {
  const words = glsl[name].options.split(' ').flatMap((option) => option.split('|').slice(1));
  return [[], ...words.map((word) => [word])];
}

// The self-test of an activation as a pass over an image, beside its formula in double precision.

import type { Activation } from '../../../../kernels/activation.js';
import { unaryProgram } from '../../../../kernels/glsl/tiled/elementwise/unary.js';
import { layoutOf, type TileShape } from '../../../../kernels/glsl/tiled/layout/layout.js';
import { scalarActivation } from '../../../../kernels/js/index.js';
import { compare, toleranceOf } from '../../../core/verdict.js';
import type { WebglBackend } from '../backend.js';
import { bind } from '../gl/draw.js';
import type { Test } from '../testKinds.js';

/** PReLU is never a pass. */
export type PassActivation = Exclude<Activation, 'prelu'>;

export function activationTest(backend: WebglBackend, name: PassActivation, tile: TileShape): Test {
  return () => {
    const { tensors } = backend;
    const isVector = tile.columns === 1;
    const shape = isVector ? [3, 7] : [2, 5, 7, 6];
    const layout = layoutOf(isVector ? { n: 3, h: 1, w: 1, c: 7 } : { n: 2, h: 5, w: 7, c: 6 }, tile);
    const length = shape.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length }, (_, i) => (((i * 421) % 1009) - 504) / 128); // past every bend
    const x = backend.makeTensorInfo(shape, 'float32', values);
    const { info: y, tensor } = tensors.make(shape, layout);
    try {
      const inputs = { x: tensors.toTiled(x, layout).drawnTexture() };
      tensors.draw(tensor.texture, bind(unaryProgram({ name, tile }), inputs, { y: layout, parameter: 0.25 }));
      const actual = backend.readLater(y.dataId);
      const expected = values.map(scalarActivation(name, 0.25));
      return () => compare(actual(), expected, toleranceOf(backend.caps.float32, 10));
    } finally {
      for (const info of [x, y]) backend.disposeIntermediateTensorInfo(info);
    }
  };
}

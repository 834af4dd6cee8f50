// Values read straight from the tiled layout, at once and later, while tensors go, move and come.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { dimsOf } from '../../../../src/engines/webgl/tensors/tensorStore.js';
import { sizeOf } from '../../../support/reference.js';
import { captureWarnings } from '../../../support/warnings.js';
import {
  draw,
  expectSame,
  inTiles,
  throughTiles,
  useTiles,
  valuesIn,
  webgl,
} from '../../../support/webgl/opTable/operands.js';

const name = 'convnet-webgl';
const shape = [2, 3, 5, 6] as const;
const values = valuesIn(shape, 1);
const others = valuesIn(shape, 2);

/** TiledTensor that are full and not, in each dimension; one image and more; vectors. */
const readShapes: readonly (readonly number[])[] = [
  [1, 2, 4, 4],
  [3, 2, 4, 8],
  [2, 3, 5, 6],
  [4, 1, 9, 1],
  [2, 7, 1, 3],
  [1, 5, 2, 13],
  [5, 1, 1, 7],
  [3, 9],
  [11],
  [],
  [4, 3, 5],
  [2, 2, 3, 2, 5],
];

describe('WebGL2 tiled layout: reads', () => {
  useTiles(name);

  for (const shape of readShapes) {
    it(`[${shape}]`, async () => {
      const values = valuesIn(shape, 3);
      const [a, b] = [inTiles(values, shape), inTiles(values, shape)];
      const { toTfjs } = webgl().counters;
      expectSame('dataSync()', a.dataSync(), values);
      expectSame('data()', await b.data(), values);
      expect(webgl().counters.toTfjs, 'conversions').to.equal(toTfjs);
      tf.dispose([a, b]);
    });
  }

  it('values pass unchanged, whatever they are', async () => {
    const special = [0, -0, 1e-37, 3.4e38, -3.4e38, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const values = Float32Array.from({ length: sizeOf([1, 3, 5, 6]) }, (_, i) => special[(i * 5) % 8]);
    const x = inTiles(values, [1, 3, 5, 6]);
    expectSame('data()', await x.data(), values);
    const [copy, packed] = tf.tidy(() => [
      tf.reverse(tf.reverse(x, 1), 1),
      tf.pad(x, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
    ]);
    expectSame('through TensorFlow.js', copy.dataSync(), values);
    expectSame('through TensorFlow.js, packed', packed.dataSync(), values);
    tf.dispose([x, copy, packed]);
  });

  it('several at once, of several tensors', async () => {
    const tensors = readShapes.map((shape, i) => inTiles(valuesIn(shape, i), shape));
    const order = [...tensors, ...[...tensors].reverse(), ...tensors];
    const all = await Promise.all(order.map((x) => x.data()));
    order.forEach((x, i) => {
      expectSame(`read ${i}`, all[i], valuesIn(x.shape, tensors.indexOf(x)));
    });
    tf.dispose(tensors);
  });

  it('a read that waits lets others pass, and dataSync()', async () => {
    const [x, y] = [inTiles(values, shape), inTiles(others, shape)];
    const later = [x.data(), y.data()];
    expectSame('x at once', x.dataSync(), values);
    expectSame('y at once', y.dataSync(), others);
    const z = throughTiles(y);
    expectSame('z', await z.data(), others);
    expectSame('x', await later[0], values);
    expectSame('y', await later[1], others);
    tf.dispose([x, y, z]);
  });

  it('a tensor that goes while it is read', async () => {
    const { numTensors } = tf.memory();
    const x = inTiles(values, shape);
    const reads = [x.data(), x.data()];
    x.dispose();
    expect(tf.memory().numTensors).to.equal(numTensors);
    const y = draw(inTiles(others, shape)); // in what was x's texture
    for (const read of reads) expectSame('x', await read, values);
    expectSame('y', y.dataSync(), others);
    y.dispose();
  });

  it('a tensor that is converted while it is read', async () => {
    const x = inTiles(values, shape);
    const read = x.data();
    const y = tf.add(x, 1);
    const again = x.data(); // TensorFlow.js's way
    const expected = values.map((value) => value + 1);
    expectSame('x + 1', await y.data(), expected);
    expectSame('x', await read, values);
    expectSame('x again', await again, values);
    expectSame(
      'once more',
      tf.tidy(() => throughTiles(x).dataSync()),
      values,
    );
    tf.dispose([x, y]);
  });

  it('a tensor that moves away while it is read, and comes back', async () => {
    const x = inTiles(values, shape);
    const read = x.data();
    await tf.setBackend('cpu');
    const y = tf.neg(x);
    await tf.setBackend(name);
    const z = throughTiles(x);
    expectSame('x', await read, values);
    expectSame('z', await z.data(), values);
    expectSame('x again', await x.data(), values);
    tf.dispose([x, y, z]);
  });

  it('a draw that fails is an error for every read, not only for the first', () => {
    const { drawer } = webgl().tensors;
    const x = inTiles(values, shape);
    drawer.draw = () => {
      throw new Error('no such program');
    };
    try {
      for (let i = 0; i < 2; i++) expect(() => x.dataSync()).to.throw('no such program');
    } finally {
      Reflect.deleteProperty(drawer, 'draw'); // the one of the class is back
    }
    expectSame('x', x.dataSync(), values);
    x.dispose();
  });

  it('what one tensor of shared data reads, the others have', async () => {
    const x = inTiles(values, shape);
    const y = x.reshape([180]);
    await x.data();
    x.dispose();
    expectSame('y', y.dataSync(), values);
    y.dispose();
  });

  it('dataToGPU() before and after a read, and after a conversion', () => {
    const x = inTiles(values, shape);
    const texels = () => {
      const { texture, texShape, tensorRef } = x.dataToGPU();
      const [height, width] = texShape as [number, number];
      const all = webgl().gpgpu.downloadMatrixFromPackedTexture(texture as WebGLTexture, height, width);
      tensorRef.dispose();
      return all.subarray(0, x.size);
    };
    expectSame('before', texels(), values);
    x.dispose();
    const y = inTiles(others, shape);
    y.dataSync();
    const { texture, tensorRef } = y.dataToGPU();
    expect(texture).to.not.equal(null);
    tensorRef.dispose();
    y.dispose();
  });

  it('a layout is for a shape up to dimensions of 1', () => {
    expect(dimsOf([])).to.deep.equal({ n: 1, h: 1, w: 1, c: 1 });
    expect(dimsOf([7])).to.deep.equal({ n: 1, h: 1, w: 1, c: 7 });
    expect(dimsOf([2, 7])).to.deep.equal({ n: 2, h: 1, w: 1, c: 7 });
    expect(dimsOf([3, 5, 7])).to.deep.equal({ n: 1, h: 3, w: 5, c: 7 });
    expect(dimsOf([2, 3, 5, 7])).to.deep.equal({ n: 2, h: 3, w: 5, c: 7 });
    expect(webgl().tensors.layoutOf(dimsOf([2, 2, 3, 5, 7]))).to.equal(undefined);
  });

  it('an operation may use data under two shapes', () => {
    const x = inTiles(values, shape);
    const { tensors } = webgl();
    const views = [x, x.reshape([6, 5, 6]), x.reshape([3, 60])];
    const forms = views.map((tensor) => {
      const layout = tensors.layoutOf(dimsOf(tensor.shape));
      return tensors.toTiled(tensor, layout as NonNullable<typeof layout>);
    });
    expect(new Set(forms.map((form) => form.drawnTexture())).size).to.equal(3);
    const y = inTiles(others, shape);
    expect(tensors.find(x)).to.equal(forms[0]);
    expectSame(
      'x',
      tf.tidy(() => throughTiles(x).dataSync()),
      values,
    );
    tf.dispose([...views, y]);
  });

  it('fills and reads the textures of TensorFlow.js by programs that serve all shapes', () => {
    const backend = webgl();
    const flag = tf.env().get('WEBGL_USE_SHAPES_UNIFORMS');
    const programs = () => Object.keys(backend.tfjsPrograms).length;
    const thereAndBack = (shape: readonly number[]) => {
      const values = valuesIn(shape, 3);
      const x = tf.tensor(Float32Array.from(values), [...shape]);
      backend.uploadToGPU(x.dataId); // from here on the values are on the GPU alone
      expectSame(`[${shape}]`, x.dataSync(), values);
      x.dispose();
    };
    thereAndBack([3, 5, 7]);
    const before = programs();
    for (const shape of [
      [4, 6, 9],
      [13, 5, 2],
      [2, 3, 4, 5],
      [7, 2, 11],
    ])
      thereAndBack(shape);
    expect(programs()).to.equal(before);
    expect(tf.env().get('WEBGL_USE_SHAPES_UNIFORMS')).to.equal(flag);
  });

  it('time(), profile() and the debug mode see operations in the tiled layout', async () => {
    const x = inTiles(values, shape);
    const { wallMs } = await tf.time(() => throughTiles(x).dispose());
    expect(wallMs).to.be.at.least(0);
    const { kernelNames } = await tf.profile(() => tf.dispose(throughTiles(x)));
    expect(kernelNames).to.include('DepthwiseConv2dNative');
    const { log } = console;
    console.log = () => {};
    await captureWarnings(async () => {
      tf.env().set('DEBUG', true);
      const y = throughTiles(x);
      expectSame('y', await y.data(), values);
      y.dispose();
      await new Promise((resolve) => setTimeout(resolve)); // it writes its lines late
    });
    tf.env().set('DEBUG', false);
    console.log = log;
    x.dispose();
  });
});

// Data that several tensors share, in the tiled layout, in TensorFlow.js's textures and on the CPU.

import * as tf from '@tensorflow/tfjs';
import {
  expectSame,
  inTiles,
  throughTiles,
  useBackendWith,
  useTiles,
  valuesIn,
} from '../../../support/webgl/opTable/operands.js';
import { expectValues, shape, states, values, views } from '../../../support/webgl/opTable/states.js';

describe('WebGL2 tiled layout: shared data', () => {
  useTiles('convnet-webgl');

  for (const [state, bring] of Object.entries(states)) {
    it(`every view is right of data ${state}`, () => {
      for (const [view, look] of Object.entries(views)) {
        const x = inTiles(values, shape);
        bring(x);
        const seen = tf.tidy(() => look(x));
        expectSame(view, seen.dataSync(), values);
        expectSame(`${view}, x afterwards`, x.dataSync(), values);
        tf.dispose([seen, x]);
      }
    });

    it(`tensors of data ${state} go in any order`, () => {
      for (const order of [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
      ]) {
        const x = inTiles(values, shape);
        const reshaped = x.reshape([6, 5, 6, 1]);
        bring(x);
        const tensors = [x, reshaped, x.clone()];
        for (const i of order) {
          tensors[i].dispose();
          const rest = tensors.filter(({ isDisposed }) => !isDisposed);
          for (const tensor of rest) expectSame(`[${tensor.shape}]`, look(tensor), values);
        }
      }
      function look(x: tf.Tensor): ArrayLike<number> {
        return tf.tidy(() => throughTiles(x).dataSync());
      }
    });
  }

  it('slices outlive what they were cut from, and are cut again', () => {
    const x = inTiles(values, shape);
    const slice = tf.slice(x, [1, 0, 0, 0]);
    x.dispose();
    const inner = tf.slice(slice, [0, 1, 0, 0], [1, 2, 5, 6]);
    slice.dispose();
    const filler = inTiles(valuesIn(shape, 2), shape); // in what was x's texture
    expectSame('read', inner.dataSync(), values.subarray(120));
    const copy = throughTiles(inner);
    inner.dispose();
    expectSame('through the tiled layout', copy.dataSync(), values.subarray(120));
    tf.dispose([copy, filler]);
  });

  for (const isRead of [false, true]) {
    const afterRead = isRead ? ', once its values were read' : '';
    it(`slices of a texture of TensorFlow.js go into the tiled layout${afterRead}`, () => {
      const x = tf.tidy(() => tf.cumsum(tf.tensor4d(values, [...shape]), 3)); // unpacked, so that slices share it
      const copy = tf.tidy(() => tf.add(x, 0));
      const expected = copy.dataSync();
      if (isRead) x.dataSync(); // TensorFlow.js keeps them with the slices, as they are
      const [slice, inner] = tf.tidy(() => {
        const slice = tf.slice(x, [1, 0, 0, 0]);
        return [throughTiles(slice), throughTiles(tf.slice(slice, [0, 2, 0, 0]))];
      });
      tf.dispose([x, copy]);
      expectSame('slice', slice.dataSync(), expected.subarray(90));
      expectSame('slice of a slice', inner.dataSync(), expected.subarray(150));
      tf.dispose([slice, inner]);
    });
  }

  it('the same data under two shapes in one expression', () => {
    const x = inTiles(values, shape);
    const [y] = tf.tidy(() => {
      const both = [throughTiles(x), throughTiles(x.reshape([6, 1, 1, 30])), throughTiles(x)];
      return [tf.addN(both.map((copy) => copy.reshape([180])))];
    });
    expectSame(
      'sum',
      y.dataSync(),
      values.map((value) => value * 3),
    );
    tf.dispose([x, y]);
  });

  it('filters, bias and slopes may be in the tiled layout alone, also the data of x themselves', () => {
    const x = inTiles(values.subarray(0, 36), [1, 3, 3, 4]);
    const bias = inTiles(values.subarray(40, 44), [4]);
    const y = tf.tidy(() => {
      const filter = x.reshape([3, 3, 4, 1]) as tf.Tensor4D;
      return tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter, bias, strides: 1, pad: 'valid' });
    });
    const expected = [0, 1, 2, 3].map((c) => {
      return values
        .subarray(0, 36)
        .reduce((sum, value, i) => (i % 4 === c ? sum + value * value : sum), values[40 + c]);
    });
    expectSame('y', y.dataSync(), expected, 1e-6);
    tf.dispose([x, bias, y]);
  });

  const filterStates: Readonly<Record<string, () => tf.Tensor>> = {
    'on the CPU': () => tf.tensor1d(weights),
    'in the tiled layout': () => inTiles(weights, [36]),
    'in the tiled layout as an image': () => inTiles(weights, [1, 3, 3, 4]),
    'in an unpacked texture': () => tf.cumsum(tf.cumsum(tf.tensor4d(weights, [4, 3, 3, 1]), 3), 3),
    'in a packed texture': () =>
      tf.mirrorPad(
        tf.tensor2d(weights, [4, 9]),
        [
          [0, 0],
          [0, 0],
        ],
        'reflect',
      ),
    'in a slice': () => tf.slice(twoFilters(), [4, 0, 0]),
    'in a slice of what was read': () => {
      const both = twoFilters();
      both.dataSync();
      return tf.slice(both, [4, 0, 0]);
    },
  };
  const weights = valuesIn([36], 3);
  const twoFilters = () => tf.cumsum(tf.tensor3d([...valuesIn([36], 4), ...weights], [8, 9, 1]), 2);
  for (const [state, make] of Object.entries(filterStates)) {
    it(`one filter under several shapes, ${state}`, () => {
      const filter = tf.tidy(make);
      for (const [kH, kW, c] of [
        [3, 3, 4],
        [1, 1, 36],
        [1, 3, 12],
        [3, 1, 12],
        [1, 9, 4],
      ]) {
        const [perChannel, all] = tf.tidy(() => {
          const x = tf.ones([1, kH, kW, c]) as tf.Tensor4D;
          return [
            tf.depthwiseConv2d(x, filter.reshape([kH, kW, c, 1]) as tf.Tensor4D, 1, 'valid').dataSync(),
            tf.conv2d(x, filter.reshape([kH, kW, c, 1]) as tf.Tensor4D, 1, 'valid').dataSync(),
          ];
        }) as unknown as Float32Array[];
        const expected = Float32Array.from({ length: c }, (_, i) => sum(weights.filter((_, at) => at % c === i)));
        expectSame(`depthwise ${kH}x${kW}x${c}`, perChannel, expected, 1e-5);
        expectSame(`${kH}x${kW}x${c}`, all, [sum(weights)], 1e-5);
      }
      expectSame('filter', filter.dataSync(), weights);
      filter.dispose();
    });
  }
});

function sum(numbers: Float32Array): number {
  return numbers.reduce((total, value) => total + value, 0);
}

describe('WebGL2 tiled layout: shared data elsewhere', () => {
  const flags: readonly [string, boolean | number][] = [
    ['WEBGL_PACK', false],
    ['WEBGL_LAZILY_UNPACK', false],
    ['WEBGL_CPU_FORWARD', false],
    ['WEBGL_SIZE_UPLOAD_UNIFORM', 0],
    ['WEBGL_USE_SHAPES_UNIFORMS', true],
    ['WEBGL_DELETE_TEXTURE_THRESHOLD', 0],
  ];
  describe('with flags of TensorFlow.js', () => {
    useTiles('convnet-webgl');
    for (const [flag, value] of flags) {
      it(`${flag} ${value}`, () => {
        const old = tf.env().get(flag);
        tf.env().set(flag, value);
        try {
          expectAllStates();
        } finally {
          tf.env().set(flag, old);
        }
      });
    }
  });

  describe('with four layers and texelFetch', () => {
    useBackendWith('convnet-mobile', { CONVNET_MAX_DRAW_BUFFERS: 4, CONVNET_FETCH: 'texelFetch' });
    it('every view is right', expectAllStates);
  });

  describe('with 16-bit textures', () => {
    useBackendWith('convnet-16-bit', { CONVNET_PRECISION: 'f16' });
    it('every view is right', expectAllStates);
  });

  function expectAllStates(): void {
    for (const [state, bring] of Object.entries(states)) {
      const x = inTiles(values, shape);
      bring(x);
      expectValues(state, x);
      x.dispose();
    }
  }
});

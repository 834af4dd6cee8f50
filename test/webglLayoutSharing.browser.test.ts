// Data that several tensors share, and that move between the block layout, the host's textures, the CPU and other backends.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import {
  draw,
  expectSame,
  inBlocks,
  isOnlyInBlocks,
  throughBlocks,
  useBlocks,
  valuesIn,
  webgl,
} from './webglLayout/operands.js';

const shape = [2, 3, 5, 6] as const;
const values = valuesIn(shape, 1);
const name = 'convnet-webgl';

/** Ways to bring data that exist in blocks alone into another state; the values stay. */
const states: Readonly<Record<string, (x: tf.Tensor) => void>> = {
  'not drawn yet': () => {},
  'in blocks alone': draw,
  'read once': (x) => void x.dataSync(),
  'in blocks and packed': (x) => tf.dispose(tf.neg(x)),
  'in blocks and unpacked': (x) => tf.dispose(tf.cumsum(x, 3)),
  'in blocks under another shape': (x) => tf.dispose(tf.tidy(() => throughBlocks(x.reshape([1, 5, 6, 6])))),
  'as slices of it': (x) => tf.dispose(tf.slice(x, [1, 0, 0, 0])),
};

/** Ways to look at [2, 3, 5, 6] data; each gives the values in their order. */
const views: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  values: (x) => tf.clone(x),
  'through blocks': throughBlocks,
  'through blocks of another shape': (x) => throughBlocks(x.reshape([6, 1, 1, 30])),
  'by a packed program': (x) => tf.add(x, 0),
  'by an unpacked program': (x) => tf.reverse(tf.reverse(x, 3), 3),
  'in slices': (x) => tf.concat([tf.slice(x, [0, 0, 0, 0], [1, 3, 5, 6]), tf.slice(x, [1, 0, 0, 0])], 0),
  'in slices through blocks': (x) => tf.concat(tf.split(x, 2).map(throughBlocks), 0),
};

function expectValues(what: string, x: tf.Tensor): void {
  for (const [view, look] of Object.entries(views)) {
    const seen = tf.tidy(() => look(x));
    expectSame(`${what}, ${view}`, seen.dataSync(), values);
    seen.dispose();
  }
}

describe('WebGL2 block layout: shared data', () => {
  useBlocks(name);

  for (const [state, bring] of Object.entries(states)) {
    it(`every view is right of data ${state}`, () => {
      for (const [view, look] of Object.entries(views)) {
        const x = inBlocks(values, shape);
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
        const x = inBlocks(values, shape);
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
        return tf.tidy(() => throughBlocks(x).dataSync());
      }
    });
  }

  it('slices outlive what they were cut from, and are cut again', () => {
    const x = inBlocks(values, shape);
    const slice = tf.slice(x, [1, 0, 0, 0]);
    x.dispose();
    const inner = tf.slice(slice, [0, 1, 0, 0], [1, 2, 5, 6]);
    slice.dispose();
    const filler = inBlocks(valuesIn(shape, 2), shape); // in what was x's texture
    expectSame('read', inner.dataSync(), values.subarray(120));
    const copy = throughBlocks(inner);
    inner.dispose();
    expectSame('through blocks', copy.dataSync(), values.subarray(120));
    tf.dispose([copy, filler]);
  });

  for (const isRead of [false, true]) {
    it(`slices of a texture of the host go into blocks${isRead ? ', once its values were read' : ''}`, () => {
      const x = tf.tidy(() => tf.cumsum(tf.tensor4d(values, [...shape]), 3)); // unpacked, so that slices share it
      const copy = tf.tidy(() => tf.add(x, 0));
      const expected = copy.dataSync();
      if (isRead) x.dataSync(); // the host keeps them with the slices, as they are
      const [slice, inner] = tf.tidy(() => {
        const slice = tf.slice(x, [1, 0, 0, 0]);
        return [throughBlocks(slice), throughBlocks(tf.slice(slice, [0, 2, 0, 0]))];
      });
      tf.dispose([x, copy]);
      expectSame('slice', slice.dataSync(), expected.subarray(90));
      expectSame('slice of a slice', inner.dataSync(), expected.subarray(150));
      tf.dispose([slice, inner]);
    });
  }

  it('the same data under two shapes in one expression', () => {
    const x = inBlocks(values, shape);
    const [y] = tf.tidy(() => {
      const both = [throughBlocks(x), throughBlocks(x.reshape([6, 1, 1, 30])), throughBlocks(x)];
      return [tf.addN(both.map((copy) => copy.reshape([180])))];
    });
    expectSame(
      'sum',
      y.dataSync(),
      values.map((value) => value * 3),
    );
    tf.dispose([x, y]);
  });

  it('filters, bias and slopes may be in blocks alone, also the data of x themselves', () => {
    const x = inBlocks(values.subarray(0, 36), [1, 3, 3, 4]);
    const bias = inBlocks(values.subarray(40, 44), [4]);
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
    'in blocks': () => inBlocks(weights, [36]),
    'in blocks as an image': () => inBlocks(weights, [1, 3, 3, 4]),
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

describe('WebGL2 block layout: data on the move', () => {
  useBlocks(name);

  for (const [state, bring] of Object.entries(states)) {
    it(`to another backend and back: data ${state}`, async () => {
      const x = inBlocks(values, shape);
      bring(x);
      for (let i = 0; i < 2; i++) {
        await tf.setBackend('cpu');
        const negative = tf.neg(x);
        expectSame(
          'on cpu',
          negative.dataSync(),
          values.map((value) => -value),
        );
        negative.dispose();
        await tf.setBackend(name);
        expectValues(`back ${i}`, x);
      }
      x.dispose();
    });
  }

  it('by moveData()', () => {
    const { usedCount } = webgl().blocks.textures;
    const x = inBlocks(values, shape);
    tf.engine().moveData(tf.findBackend('cpu'), x.dataId);
    expect(webgl().blocks.textures.usedCount).to.equal(usedCount);
    expectSame('on cpu', x.dataSync(), values);
    tf.engine().moveData(webgl(), x.dataId);
    expectValues('back', x);
    x.dispose();
  });

  it('a tensor of another backend is convolved here', async () => {
    await tf.setBackend('cpu');
    const x = tf.tensor4d(values, [...shape]);
    await tf.setBackend(name);
    expectValues('x', x);
    x.dispose();
  });

  it('integers and booleans that were cast', () => {
    const whole = Int32Array.from(values, (value) => Math.round(value * 9));
    const truth = Uint8Array.from(whole, (value) => Number(value > 0));
    for (const make of [() => tf.tensor(whole, [...shape], 'int32'), () => tf.tensor(truth, [...shape], 'bool')]) {
      const [copy, again, expected] = tf.tidy(() => {
        const x = make();
        const y = tf.cast(x, 'float32');
        const onGpu = tf.cast(tf.reverse(tf.reverse(x, 2), 2), 'float32');
        return [throughBlocks(y), throughBlocks(onGpu), x];
      });
      expectSame('from the CPU', copy.dataSync(), expected.dataSync());
      expectSame('from a texture', again.dataSync(), expected.dataSync());
      tf.dispose([copy, again, expected]);
    }
  });

  it('variables: as filters, assigned anew, with data in blocks', () => {
    const x = inBlocks(values, shape);
    const filter = tf.tidy(() => tf.variable(inBlocks(valuesIn([6], 4), [1, 1, 6, 1]))) as tf.Variable<tf.Rank.R4>;
    const counts = [11, 12, 13].map((seed) => {
      const scale = valuesIn([6], seed);
      tf.tidy(() => filter.assign(inBlocks(scale, [1, 1, 6, 1]) as tf.Tensor4D));
      const y = tf.tidy(() => tf.depthwiseConv2d(x as tf.Tensor4D, filter, 1, 'same').dataSync());
      const expected = values.map((value, at) => value * scale[at % 6]);
      expectSame(`assignment of ${seed}`, y, expected, 1e-6);
      return webgl().blocks.textures.usedCount;
    });
    expect(new Set(counts).size, 'matrices of former values are gone').to.equal(1);
    tf.dispose([x, filter]);
  });

  it('tidy() keeps what is kept and returned, and no more', () => {
    const { usedCount } = webgl().blocks.textures;
    let kept: tf.Tensor | undefined;
    const returned = tf.tidy(() => {
      const x = inBlocks(values, shape);
      kept = tf.keep(throughBlocks(x));
      throughBlocks(kept);
      return throughBlocks(x);
    });
    expect(isOnlyInBlocks(returned)).to.equal(true);
    for (const tensor of [returned, kept as tf.Tensor]) draw(tensor);
    expect(webgl().blocks.textures.usedCount).to.equal(usedCount + 2);
    expectSame('returned', returned.dataSync(), values);
    expectSame('kept', (kept as tf.Tensor).dataSync(), values);
    tf.dispose([returned, kept as tf.Tensor]);
  });
});

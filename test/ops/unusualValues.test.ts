// Values and shapes at the rims of operations: infinities and huge numbers in means, NaN beside maxima, axes that count
// from the end, tensors of no values and of five and six axes. Expected are numbers that the definitions give.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { isBrowser, ownBackends, useBackend } from '../support/backends.js';
import { cpuVariants } from '../support/cpu/cpuVariants.js';

const { NaN: none, POSITIVE_INFINITY: infinity } = Number;
const huge = Math.fround(3e38);

function compute(run: () => tf.Tensor): number[] {
  const y = tf.tidy(run);
  const values = Array.from(y.dataSync());
  y.dispose();
  return values;
}

/** NaN is greater than everything. */
const rank = (value: number) => (Number.isNaN(value) ? 1e9 : value);

/** 0, 1, 2, ... */
function counted(shape: number[]): tf.Tensor {
  return tf.tidy(() => tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape));
}

type Window = [number, number, number];

/** The same on textures where TensorFlow.js would take the CPU for tensors of this size. */
const onTheGpu = { WEBGL_CPU_FORWARD: false };

function withFlag<T>(flags: Readonly<Record<string, boolean>>, run: () => T): T {
  const known = Object.entries(flags).filter(([flag]) => flag in tf.env().features || isBrowser);
  const before = known.map(([flag]) => [flag, tf.env().getBool(flag)] as const);
  for (const [flag, value] of known) tf.env().set(flag, value);
  try {
    return run();
  } finally {
    for (const [flag, value] of before) tf.env().set(flag, value);
  }
}

for (const backend of [...ownBackends, ...(isBrowser ? [] : cpuVariants)]) {
  describe(`Unusual values on ${backend}`, () => {
    useBackend(backend);
    const run = (f: () => tf.Tensor) => withFlag(backend.includes('webgl') ? onTheGpu : {}, () => compute(f));

    it('functions that are odd at 0 keep its sign, and tiny values', () => {
      const least = 1e-37; // GPUs take less for 0, on the way too
      const others = [tf.sinh, tf.asinh, tf.tanh, tf.atanh, tf.sin, tf.tan, tf.asin, tf.atan]; // of TensorFlow.js there
      for (const f of [tf.expm1, tf.log1p, ...(backend.includes('webgl') ? [] : others)]) {
        const values = [-0, 0, -least, least, -1e-20, 1e-20].map(Math.fround);
        expect(
          run(() => f(tf.tensor1d(values))),
          f.name,
        ).to.deep.equal(values);
      }
    });

    it('the greatest values: NaN first, then infinities, the lower index first among equals', () => {
      const values = [1, infinity, none, 7, -infinity, infinity, none, 7];
      const order = [2, 6, 1, 5, 3, 7, 0, 4];
      for (const length of [8, 5, 1]) {
        expect(run(() => tf.topk(tf.tensor1d(values), length).values)).to.deep.equal(
          order.slice(0, length).map((i) => values[i]),
        );
        expect(run(() => tf.topk(tf.tensor1d(values), length).indices)).to.deep.equal(order.slice(0, length));
      }
      const long = Array.from({ length: 1200 }, (_, i) => (i % 100 === 50 ? none : i % 7));
      const sorted = long.map((_, i) => i).sort((a, b) => rank(long[b]) - rank(long[a]) || a - b);
      for (const k of [3, 600, 1200]) {
        expect(run(() => tf.topk(tf.tensor1d(long), k).indices)).to.deep.equal(sorted.slice(0, k));
      }
    });

    for (const size of [5, 300, 5000]) {
      it(`the mean of ${size} huge values is one of them, that with an infinity is infinite`, () => {
        expect(run(() => tf.mean(tf.fill([size], huge)))).to.deep.equal([huge]);
        expect(run(() => tf.moments(tf.fill([2, size], huge), 1).variance)).to.deep.equal([0, 0]);
        const all = Array<number>(size).fill(infinity);
        expect(run(() => tf.mean(tf.tensor1d(all)))).to.deep.equal([infinity]);
        const ends = [infinity, ...Array<number>(size - 2).fill(1), infinity];
        expect(run(() => tf.mean(tf.tensor2d(ends.map((value) => [value, 1]))))).to.deep.equal([infinity]);
        expect(run(() => tf.mean(tf.tensor2d(ends.map((value) => [value, -value])), 0))).to.deep.equal([
          infinity,
          -infinity,
        ]);
        const opposite = Array.from({ length: 2 * size }, (_, i) => (i < size ? huge : -huge));
        expect(Math.abs(run(() => tf.mean(tf.tensor1d(opposite)))[0])).to.be.below(huge * 1e-5);
      });
    }

    it('the mean over the pixels of huge images', () => {
      for (const shape of [
        [2, 3, 5, 6],
        [1, 33, 40, 5],
      ] as [number, number, number, number][]) {
        const images = () => tf.mul(tf.fill(shape, huge / 2), 2);
        for (const axes of [
          [1, 2],
          [0, 1, 2],
        ]) {
          expect(new Set(run(() => tf.mean(images(), axes))), `${shape} over ${axes}`).to.deep.equal(new Set([huge]));
        }
      }
    });

    it('average pooling of huge values', () => {
      const images = tf.fill<tf.Rank.R4>([1, 7, 8, 5], huge);
      const expectHuge = (values: number[], title: string) => {
        for (const value of values) expect(value / huge, title).to.be.closeTo(1, 1e-6);
      };
      for (const [window, stride, pad] of [
        [2, 2, 'valid'],
        [2, 2, 'same'],
        [3, 1, 'same'],
        [3, 2, 'valid'],
        [5, 3, 'same'],
      ] as const) {
        expectHuge(
          run(() => tf.avgPool(images, window, stride, pad)),
          `${window} ${stride} ${pad}`,
        );
      }
      const volumes = tf.fill<tf.Rank.R5>([1, 3, 4, 5, 2], huge);
      expectHuge(
        run(() => tf.avgPool3d(volumes, 2, 1, 'same')),
        'volumes',
      );
      const mixed = tf.tensor4d([huge, -huge, -huge, -huge], [1, 2, 2, 1]);
      expect(run(() => tf.avgPool(mixed, 2, 1, 'valid'))[0] / -huge).to.be.closeTo(0.5, 1e-6);
      tf.dispose([images, volumes, mixed]);
    });

    it('argMax and argMin pass over NaN, unless it comes first', () => {
      for (const size of [6, 700]) {
        const row = Array.from({ length: size }, (_, i) => (i % 5 === 2 ? none : Math.sin(i)));
        row[size - 2] = 9;
        row[size - 4] = -9;
        const of = (values: number[], f: (x: tf.Tensor) => tf.Tensor) => run(() => f(tf.tensor1d(values)))[0];
        expect(of(row, tf.argMax), `${size}`).to.equal(size - 2);
        expect(of(row, tf.argMin), `${size}`).to.equal(size - 4);
        expect(of([none, ...row], tf.argMax)).to.equal(0);
        expect(of(Array<number>(size).fill(-infinity), tf.argMax)).to.equal(0);
        expect(run(() => tf.argMax(tf.tensor2d([row, row]), 0)).some((at) => at !== 0)).to.equal(false);
      }
    });

    it('running sums: axes from the end, booleans, five axes', () => {
      const flags = tf.tensor2d([1, 0, 1, 1, 1, 0], [2, 3], 'bool');
      expect(run(() => tf.cumsum(flags, -1))).to.deep.equal([1, 1, 2, 1, 2, 2]);
      expect(run(() => tf.cumsum(flags, -2, false, true))).to.deep.equal([2, 1, 1, 1, 1, 0]);
      expect(tf.tidy(() => tf.cumsum(flags, -1).dtype)).to.equal('int32');
      expect(run(() => tf.cumprod(tf.tensor2d([1, 2, 3, 4], [2, 2]), -2))).to.deep.equal([1, 2, 3, 8]);
      const many = () => counted([2, 1, 3, 2, 2]);
      const expected = [0, 1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 21];
      expect(run(() => tf.cumsum(many(), -3)).slice(0, 12)).to.deep.equal(expected);
      flags.dispose();
    });

    it('whole numbers lose their fraction, and wrap, as in JavaScript', () => {
      const values = [none, infinity, 2.7, -2.7, 3e9, -3e9, 2 ** 31, 1e20, -0.5];
      const ints = values.map((value) => Math.fround(value) | 0);
      expect(run(() => tf.cast(tf.tensor1d(values), 'int32')).map((v) => v + 0)).to.deep.equal(ints);
      expect(run(() => tf.fill([2], 2.7, 'int32'))).to.deep.equal([2, 2]);
      expect(run(() => tf.fill([2], -2.7, 'int32'))).to.deep.equal([-2, -2]);
      const of = (f: (x: tf.Tensor) => tf.Tensor) => run(() => f(tf.tensor1d([1, 7, -3], 'int32'))).map((v) => v + 0);
      expect(of(tf.asinh)).to.deep.equal([0, 2, -1]);
      expect(of(tf.expm1)).to.deep.equal([1, 1095, 0]);
      expect(of(tf.log1p).slice(0, 2)).to.deep.equal([0, 2]);
      const powers = () => tf.pow(tf.tensor1d([7, -7, 2, 0, -2], 'int32'), tf.tensor1d([7, 7, -1, 3, 5], 'int32'));
      expect(run(powers)).to.deep.equal([823543, -823543, 0, 0, -32]);
    });

    it('batches that broadcast against each other', () => {
      for (const dtype of ['float32', 'int32'] as const) {
        const a = tf.tensor([1, 2], [2, 1, 1, 1], dtype);
        const b = tf.tensor([1, 10, 100, 3, 30, 300], [2, 3, 1, 1], dtype);
        expect(
          run(() => tf.matMul(a, b)),
          dtype,
        ).to.deep.equal([1, 10, 100, 6, 60, 600]);
        expect(
          run(() => tf.matMul(b, a)),
          dtype,
        ).to.deep.equal([1, 10, 100, 6, 60, 600]);
        const c = tf.slice(b, [0, 0, 0, 0], [1, 3, 1, 1]);
        expect(
          run(() => tf.matMul(a, c)),
          dtype,
        ).to.deep.equal([1, 10, 100, 2, 20, 200]);
        tf.dispose([a, b, c]);
      }
    });

    it('transforms each image of a batch', () => {
      const images = counted([3, 2, 2, 1]) as tf.Tensor4D;
      const right = [1, 0, -1, 0, 1, 0, 0, 0];
      const same = [1, 0, 0, 0, 1, 0, 0, 0];
      const one = run(() => tf.image.transform(images, tf.tensor2d([right]), 'nearest', 'constant', 9));
      expect(one).to.deep.equal([9, 0, 9, 2, 9, 4, 9, 6, 9, 8, 9, 10]);
      const each = run(() => tf.image.transform(images, tf.tensor2d([same, right, same]), 'nearest', 'constant', 9));
      expect(each).to.deep.equal([0, 1, 2, 3, 9, 4, 9, 6, 8, 9, 10, 11]);
      images.dispose();
    });

    it('the gradient of max pooling over volumes goes to the first maximum, in windows of any shape', () => {
      const gradient = (values: number[], shape: [number, number, number, number, number], window: Window) => {
        const x = tf.tensor5d(values, shape);
        const f = (t: tf.Tensor) => tf.maxPool3d(t as tf.Tensor5D, window, window, 'valid');
        const dx = run(() => tf.grad(f)(x, tf.fill([1, 1, 1, 1, 1], 5)));
        x.dispose();
        return dx;
      };
      const at = (place: number, count: number) => Array.from({ length: count }, (_, i) => (i === place ? 5 : 0));
      for (let place = 0; place < 12; place++) {
        const values = Array.from({ length: 12 }, (_, i) => (i === place ? 3 : i % 4 === 1 ? none : -i));
        expect(gradient(values, [1, 2, 3, 2, 1], [2, 3, 2]), `${place}`).to.deep.equal(at(place, 12));
        expect(gradient(values, [1, 2, 1, 6, 1], [2, 1, 6]), `${place}`).to.deep.equal(at(place, 12));
      }
      expect(gradient([1, 4, 4, 2, 4, 4, 0, 4], [1, 2, 2, 2, 1], [2, 2, 2])).to.deep.equal(at(1, 8));
      expect(gradient(Array<number>(8).fill(-infinity), [1, 2, 2, 2, 1], [2, 2, 2])).to.deep.equal(at(-1, 8));
    });

    it('slices of an index along one axis and steps along another', () => {
      const x = counted([3, 4, 5]);
      const index = 1 << 1;
      const steps = () => tf.stridedSlice(x, [0, 1, 4], [3, 2, -6], [2, 1, -2], 0, 0, 0, 0, index);
      expect(run(steps)).to.deep.equal([9, 7, 5, 49, 47, 45]);
      expect(tf.tidy(() => ({ shape: steps().shape }) as never)).to.deep.equal({ shape: [2, 3] });
      expect(run(() => tf.stridedSlice(x, [-1, -2, 1], [9, 9, 9], [2, 3, 3], 0, 0, 0, 0, 0b11))).to.deep.equal([
        51, 54,
      ]);
      const ofBooleans = () => tf.stridedSlice(tf.cast(x, 'bool'), [0, 0], [1, 4], [1, 3], 0, 0, 0, 0, 1);
      expect(run(ofBooleans)).to.deep.equal([0, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
      expect(run(() => tf.stridedSlice(x, [2, 3, 4], [3, 4, 5], [2, 2, 2], 0, 0, 0, 0, 0b111))).to.deep.equal([59]);
      x.dispose();
    });

    it('along no axis, at five coordinates, of no values', () => {
      const x = counted([150]);
      expect(run(() => tf.reverse(x, []))).to.deep.equal(Array.from({ length: 150 }, (_, i) => i));
      const at = () => tf.tensor2d([0, 1, 0, 1, 2, 0, 1, 0, 1, 2], [2, 5], 'int32');
      const sums = run(() => tf.scatterND(at(), tf.tensor1d([3, 4]), [1, 2, 1, 2, 3]));
      expect(sums).to.deep.equal([...Array<number>(11).fill(0), 7]);
      const none = () => tf.tensor2d([], [0, 1], 'int32');
      expect(run(() => tf.scatterND(none(), tf.tensor2d([], [0, 2]), [2, 2]))).to.deep.equal([0, 0, 0, 0]);
      const rows = () => tf.tensorScatterUpdate(tf.tensor2d([[1, 2]]), none(), tf.tensor2d([], [0, 2]));
      expect(run(rows)).to.deep.equal([1, 2]);
      for (const f of [tf.cumsum, tf.cumprod]) {
        const y = tf.tidy(() => f(tf.tensor2d([], [2, 0], 'bool'), -1));
        expect([y.shape, y.dtype]).to.deep.equal([[2, 0], 'int32']);
        y.dispose();
      }
      const empty = () => tf.zeros([4, 1, 7, 2, 0]);
      expect(run(() => tf.where(tf.equal(empty(), 1), empty(), empty()))).to.deep.equal([]);
      expect(run(() => tf.reverse(empty(), [0, 4]))).to.deep.equal([]);
      expect(run(() => tf.stridedSlice(x, [100], [20], [3]))).to.deep.equal([]);
      x.dispose();
    });

    it('reciprocals of integers lose their fraction', () => {
      const values = Array.from({ length: 150 }, (_, i) => (i % 5) - 2);
      const wanted = values.map((value) => (Math.abs(value) === 1 ? value : 0));
      expect(run(() => tf.reciprocal(tf.tensor1d(values, 'int32')))).to.deep.equal(wanted);
    });

    it('blocks along three axes', () => {
      const x = counted([1, 2, 4, 2, 1]);
      const pairs = [
        [0, 0],
        [1, 1],
        [0, 0],
      ];
      const y = tf.tidy(() => tf.spaceToBatchND(tf.squeeze(x, [4]), [2, 3, 2], pairs));
      expect(y.shape).to.deep.equal([12, 1, 2, 1]);
      expect([...y.dataSync()].slice(0, 8)).to.deep.equal([0, 4, 0, 5, 0, 6, 1, 7]);
      expect(run(() => tf.batchToSpaceND(y, [2, 3, 2], pairs))).to.deep.equal(Array.from({ length: 16 }, (_, i) => i));
      tf.dispose([x, y]);
    });

    it('five and six axes: where, slices with steps, blocks', () => {
      const shape = [2, 1, 3, 2, 2, 1];
      const x = counted(shape);
      const odd = tf.tidy(() => tf.equal(tf.mod(x, 2), 1));
      expect(run(() => tf.where(odd, x, tf.zerosLike(x))).slice(0, 6)).to.deep.equal([0, 1, 0, 3, 0, 5]);
      const steps = run(() => tf.stridedSlice(x, [1, 0, 2, 0, 0, 0], [-3, 1, -9, 2, 2, 1], [-1, 1, -2, 1, 1, 1]));
      expect(steps).to.deep.equal([20, 21, 22, 23, 12, 13, 14, 15, 8, 9, 10, 11, 0, 1, 2, 3]);
      const volumes = counted([1, 2, 4, 1, 2]);
      const blocks = () =>
        tf.spaceToBatchND(
          volumes,
          [2, 2],
          [
            [0, 0],
            [0, 0],
          ],
        );
      expect(run(blocks)).to.deep.equal([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
      const noCrops = [
        [0, 0],
        [0, 0],
      ];
      const back = run(() => tf.batchToSpaceND(blocks(), [2, 2], noCrops));
      expect(back).to.deep.equal(Array.from({ length: 16 }, (_, i) => i));
      tf.dispose([x, odd, volumes]);
    });

    it('tensors of no values', () => {
      const empty = tf.zeros([2, 0]);
      expect(run(() => tf.sum(empty, 1))).to.deep.equal([0, 0]);
      expect(run(() => tf.prod(empty, 1))).to.deep.equal([1, 1]);
      expect(run(() => tf.argMax(empty, 1))).to.deep.equal([0, 0]);
      expect(run(() => tf.matMul(empty, empty, false, true))).to.deep.equal([0, 0, 0, 0]);
      const found = run(() => tf.gatherND(tf.tensor1d([5, 6]), tf.tensor2d([[1], [0]], [2, 1], 'int32')));
      expect(found).to.deep.equal([6, 5]);
      empty.dispose();
    });

    for (const beta of [0.5, 1, 2]) {
      it(`the gradient of local response normalization with beta ${beta}`, () => {
        const [bias, alpha] = [1, 0.5];
        const f = (x: number[]) => x.map((value) => value * (bias + alpha * x.reduce((s, v) => s + v * v, 0)) ** -beta);
        const values = [0.5, -1, 2];
        const dx = run(() => {
          const g = (x: tf.Tensor) => tf.localResponseNormalization(x as tf.Tensor4D, 3, bias, alpha, beta);
          return tf.grad(g)(tf.tensor4d(values, [1, 1, 1, 3]), tf.tensor4d([1, 0, 0], [1, 1, 1, 3]));
        });
        const step = 1e-6;
        for (const [i, slope] of dx.entries()) {
          const at = (by: number) => f(values.map((value, k) => (k === i ? value + by : value)))[0];
          expect(slope).to.be.closeTo((at(step) - at(-step)) / (2 * step), 1e-4);
        }
      });
    }
  });
}

describe('Unusual values: strings on every engine', () => {
  for (const backend of ownBackends) {
    it(`slices with steps on ${backend}`, async () => {
      await tf.setBackend(backend);
      const y = tf.tidy(() => tf.stridedSlice(tf.tensor1d(['a', 'b', 'c', 'd']), [3], [-9], [-2], 0, 1).dataSync());
      expect([...(y as unknown as string[])]).to.deep.equal(['d', 'b']);
      const words = () => tf.tensor2d(['a', 'b', 'c', 'd', 'e', 'f'], [2, 3]);
      const last = tf.tidy(() => tf.stridedSlice(words(), [1, 0], [2, 3], [1, 2], 0, 0, 0, 0, 1).dataSync());
      expect([...(last as unknown as string[])]).to.deep.equal(['d', 'f']);
    });
  }
});

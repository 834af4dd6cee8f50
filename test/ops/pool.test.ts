// Pooling, resizing and means as ops of TensorFlow.js, where its own kernels or gradients are wrong.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { families } from '../fuzz/families/index.js';
import { drawProblem, runOne } from '../fuzz/fuzz.js';
import { ownBackends, useBackend, valuesOf } from '../support/backends.js';

function image(shape: [number, number, number, number], values?: number[]): tf.Tensor4D {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor4d(values ?? Array.from({ length: size }, (_, i) => i + 1), shape);
}

function expectValues(f: () => tf.Tensor, expected: readonly number[]): void {
  const [actual] = valuesOf(f);
  expect(actual).to.have.length(expected.length);
  for (const [i, value] of actual.entries()) expect(value, `value ${i}`).to.be.closeTo(expected[i], 1e-6);
}

function messageOf(f: () => tf.Tensor): string {
  try {
    tf.tidy(f);
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail('no error was thrown');
}

function equalMeans(): void {
  for (const shape of [[5], [1000], [7, 33], [3, 9, 5]]) {
    const [mean] = valuesOf(() => tf.mean(tf.fill(shape, 0.1), shape.length - 1));
    for (const value of mean) expect(value).to.equal(Math.fround(0.1));
  }
}

for (const backend of ownBackends) {
  describe(`pooling, resizing and means on ${backend}`, () => {
    useBackend(backend);

    it('the gradient of an average divides by the pixels that were averaged', () => {
      const average = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, [1, 3], 1, 'same');
      expectValues(() => tf.grad(average)(image([1, 1, 3, 1])), [5 / 6, 7 / 6 - 1 / 6 + 1 / 3, 5 / 6]);
    });

    it('the same in three dimensions', () => {
      const average = (x: tf.Tensor) => tf.avgPool3d(x as tf.Tensor5D, [1, 1, 3], 1, 'same');
      const x = () => tf.tensor5d([1, 2, 3], [1, 1, 1, 3, 1]);
      expectValues(() => tf.grad(average)(x()), [5 / 6, 4 / 3, 5 / 6]);
    });

    describe('three dimensions, strides above the window', () => {
      const x = (size: number) => tf.reshape(tf.range(1, size + 1), [1, size, 1, 1, 1]) as tf.Tensor5D;
      const ones = (k: number) => tf.ones([k, 1, 1, 1, 1]) as tf.Tensor5D;
      const strides = (s: number): [number, number, number] => [s, 1, 1];

      it("pad 'same' reads the pixels that the window covers", () => {
        const max = (t: tf.Tensor) => tf.maxPool3d(t as tf.Tensor5D, [2, 1, 1], strides(4), 'same');
        const average = (t: tf.Tensor) => tf.avgPool3d(t as tf.Tensor5D, [2, 1, 1], strides(4), 'same');
        const conv = (t: tf.Tensor) => tf.conv3d(t as tf.Tensor5D, ones(2), strides(4), 'same');
        expectValues(() => max(x(7)), [2, 6]);
        expectValues(() => tf.grad(max)(x(7)), [0, 1, 0, 0, 0, 1, 0]);
        expectValues(() => average(x(7)), [1.5, 5.5]);
        expectValues(() => tf.grad(average)(x(7)), [0.5, 0.5, 0, 0, 0.5, 0.5, 0]);
        expectValues(() => conv(x(7)), [3, 11]);
        expectValues(() => tf.grad(conv)(x(7)), [1, 1, 0, 0, 1, 1, 0]);
        expectValues(() => tf.grad((w) => tf.conv3d(x(7), w as tf.Tensor5D, strides(4), 'same'))(ones(2)), [6, 8]);
      });

      it('a window of one pixel takes every second one of an even number', () => {
        const conv = (t: tf.Tensor) => tf.conv3d(t as tf.Tensor5D, ones(1), strides(2), 'same');
        expectValues(() => conv(x(6)), [1, 3, 5]);
        expectValues(() => tf.grad(conv)(x(6)), [1, 0, 1, 0, 1, 0]);
      });

      it('convolutions have padding in another dimension', () => {
        const image = () => tf.ones([1, 6, 3, 1, 1]) as tf.Tensor5D;
        const filter = () => tf.ones([1, 3, 1, 1, 1]) as tf.Tensor5D;
        const conv = (t: tf.Tensor) => tf.conv3d(t as tf.Tensor5D, filter(), strides(2), 'same');
        expectValues(() => conv(image()), [2, 3, 2, 2, 3, 2, 2, 3, 2]);
        expectValues(() => tf.grad(conv)(image()), [2, 3, 2, 0, 0, 0, 2, 3, 2, 0, 0, 0, 2, 3, 2, 0, 0, 0]);
        const ofFilter = (w: tf.Tensor) => tf.conv3d(image(), w as tf.Tensor5D, strides(2), 'same');
        expectValues(() => tf.grad(ofFilter)(filter()), [6, 9, 6]);
      });

      it('pools with padding in another dimension are an error', () => {
        const image = tf.ones([1, 6, 3, 1, 1]) as tf.Tensor5D;
        expect(messageOf(() => tf.maxPool3d(image, [1, 3, 1], [2, 1, 1], 'same'))).to.match(
          /^MaxPool3D: strides above the window in one dimension, with padding in another, .*; received x\.shape=/,
        );
        image.dispose();
      });

      it('strides and sizes below 1 are errors, and windows that do not fit give empty outputs', () => {
        const image = tf.tidy(() => x(4));
        const pool = (k: number, s: number) => (t: tf.Tensor) =>
          tf.avgPool3d(t as tf.Tensor5D, [k, 1, 1], strides(s), 'valid');
        expect(messageOf(() => pool(2, 0)(image))).to.match(/[Ss]tride/);
        expect(messageOf(() => pool(0, 1)(image))).to.match(
          /^AvgPool3D: filterSize must be a positive integer or three/,
        );
        expectValues(() => tf.grad(pool(9, 1))(image), [0, 0, 0, 0]);
        expect(tf.tidy(() => tf.conv3d(image, ones(9), 1, 'valid').shape)).to.deep.equal([1, 0, 1, 1, 1]);
        image.dispose();
      });
    });

    it('the gradient of a maximum knows a size that is rounded up', () => {
      const max = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, [1, 2], [1, 2], 0, 'ceil');
      expectValues(() => max(image([1, 1, 3, 1])), [2, 3]);
      expectValues(() => tf.grad(max)(image([1, 1, 3, 1])), [0, 1, 1]);
    });

    it('a number for padding counts for both axes of a window that is not square', () => {
      const y = () => tf.maxPool(image([1, 2, 5, 1]), [1, 3], [1, 2], 1);
      expect(tf.tidy(() => y().shape)).to.deep.equal([1, 4, 3, 1]);
    });

    it('a window of one pixel with an output of the same size is the pixel itself, as in TensorFlow.js', () => {
      const max = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, [1, 1], [1, 2], 0, 'ceil');
      expectValues(() => max(image([1, 1, 2, 1])), [1, 2]);
      expectValues(() => tf.grad(max)(image([1, 1, 2, 1])), [1, 1]);
    });

    it('a window that does not fit, and sizes and strides below 1, are errors', () => {
      const pool = (size: number, stride: number) => () => tf.maxPool(image([1, 4, 4, 1]), size, stride, 'valid');
      expect(messageOf(pool(9, 1))).to.equal(
        "MaxPool: the window must fit into the padded input's height; received input height=4, padding=[0,0], window height=9, dilation=1",
      );
      expect(messageOf(pool(2, 0))).to.equal(
        'MaxPool: strides must be a positive integer or a pair of them; received strides=0',
      );
      expect(messageOf(pool(0, 1))).to.equal(
        'MaxPool: filterSize must be a positive integer or a pair of them; received filterSize=0',
      );
    });

    it('strides and sizes of dilation2d below 1, and windows that do not fit, are errors', () => {
      const dilate = (k: number, stride: number) => () =>
        tf.dilation2d(image([1, 4, 4, 1]), tf.zeros([k, k, 1]) as tf.Tensor3D, stride, 'valid');
      expect(messageOf(dilate(2, 0))).to.match(/^Dilation2D: strides must be a positive integer/);
      expect(messageOf(dilate(0, 1))).to.match(/^Dilation2D: filter height and width must be at least 1/);
      expect(messageOf(dilate(9, 1))).to.match(/^Dilation2D: the filter must fit into the padded input's height/);
      expect(tf.tidy(() => dilate(5, 1)().shape)).to.deep.equal([1, 0, 0, 1]);
      expectValues(dilate(3, 1), [11, 12, 15, 16]);
    });

    it('a window larger by one pixel gives an empty output, with an empty gradient', () => {
      const max = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 3, 1, 'valid');
      expect(tf.tidy(() => max(image([1, 2, 2, 1])).shape)).to.deep.equal([1, 0, 0, 1]);
      expectValues(() => tf.grad(max)(image([1, 2, 2, 1])), [0, 0, 0, 0]);
    });

    it('the gradient of a resize knows half-pixel centres', () => {
      const resize = (x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [1, 4], false, true);
      expectValues(() => tf.grad(resize)(image([1, 1, 2, 1])), [2, 2]);
      const weighted = (x: tf.Tensor) => tf.mul(resize(x), image([1, 1, 4, 1]));
      expectValues(() => tf.grad(weighted)(image([1, 1, 2, 1])), [1 + 1.5 + 0.75, 0.5 + 2.25 + 4]);
    });

    it('gradients of aligned resizes from and to one row', () => {
      for (const resize of [tf.image.resizeNearestNeighbor, tf.image.resizeBilinear]) {
        const up = (x: tf.Tensor) => resize(x as tf.Tensor4D, [3, 2], true);
        expectValues(() => tf.grad(up)(image([1, 1, 2, 1])), [3, 3]);
        const down = (x: tf.Tensor) => resize(x as tf.Tensor4D, [1, 2], true);
        expectValues(() => tf.grad(down)(image([1, 2, 2, 1])), [1, 1, 0, 0]);
      }
    });

    // The WebGL2 engine rounds it.
    if (backend === 'convnet-cpu') it('the mean of equal values is that value', equalMeans);

    it('means of infinities and NaN', () => {
      const mean = (values: number[]) => valuesOf(() => tf.mean(tf.tensor1d(values)))[0][0];
      expect(mean([Infinity, 1, 2, 3, 4])).to.equal(Infinity);
      expect(mean([Infinity, -Infinity, 1])).to.satisfy(Number.isNaN);
      expect(mean([Number.NaN, 1, 2])).to.satisfy(Number.isNaN);
    });

    it('a window whose first value is huge has its mean', () => {
      for (const huge of [1e30, -3e38]) {
        const x = () => tf.concat([tf.fill([1, 1], huge), tf.ones([1, 48])], 1).reshape([1, 7, 7, 1]) as tf.Tensor4D;
        const [mean] = valuesOf(() => tf.avgPool(x(), 7, 1, 'valid'))[0];
        expect(mean / (huge / 49)).to.be.closeTo(1, 1e-6);
      }
    });
  });

  // TensorFlow.js keeps what it has recorded for a gradient that ends in an error, so nothing counts tensors here.
  describe(`fused ops on ${backend}`, () => {
    before(() => tf.setBackend(backend));

    it('fused.depthwiseConv2d refuses the bias that TensorFlow.js adds along the width', () => {
      const [x, filter, bias] = [image([1, 3, 3, 3]), image([2, 2, 3, 1]), tf.tensor1d([1, 2, 3])];
      const call = (activation: 'relu' | 'linear') => () =>
        tf.grad((images: tf.Tensor) =>
          tf.fused.depthwiseConv2d({
            ...{ x: images as tf.Tensor4D, filter, bias, activation, dataFormat: 'NCHW', strides: 1, pad: 'same' },
          }),
        )(x);
      expect(messageOf(call('relu'))).to.match(/^fused\.depthwiseConv2d: TensorFlow\.js adds the bias along the width/);
      expect(tf.tidy(() => call('linear')().shape)).to.deep.equal([1, 3, 3, 3]);
      tf.dispose([x, filter, bias]);
    });
  });
}

describe('random cases', () => {
  useBackend('convnet-cpu');

  for (const [i, family] of families.entries()) {
    it(`${family.name}, 60 cases`, () => {
      for (let seed = 0; seed < 60; seed++) {
        const { id, problem } = drawProblem(family, 1000 * i + seed);
        const fault = runOne(problem);
        if (fault) expect.fail(`${problem.title} (${id}): ${fault}`);
      }
    });
  }

  it('a wrong result, and an error, are faults', () => {
    const expected = [{ name: 'y', shape: [2], values: [1, 2], tolerance: () => 0 }];
    const problem = (run: () => tf.Tensor[]) => ({ title: '', run, expected });
    expect(runOne(problem(() => [tf.tensor1d([1, 2])]))).to.equal(undefined);
    expect(runOne(problem(() => [tf.tensor1d([1, 2.5])]))).to.equal('y: value 1 is 2.5, expected 2 +- 0');
    expect(runOne(problem(() => [tf.tensor1d([1, Number.NaN])]))).to.match(/value 1 is NaN/);
    expect(runOne(problem(() => [tf.tensor2d([[1, 2]])]))).to.equal('y: shape [1,2], expected [2]');
    expect(runOne(problem(() => expect.fail('broken')))).to.match(/broken/);
  });
});

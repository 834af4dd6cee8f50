// Behaviour of reshaping and merging layers that the goldens do not cover: 'area', unknown sizes, errors, leaks.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { Add, Concatenate, Dot, Subtract } from '../../../src/layers/merging/index.js';
import {
  Cropping1D,
  Cropping2D,
  Flatten,
  Permute,
  RepeatVector,
  Reshape,
  UpSampling1D,
  UpSampling2D,
  ZeroPadding2D,
} from '../../../src/layers/reshaping/index.js';
import { resizeImages } from '../../../src/layers/reshaping/resizeImages.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { expectNear, pattern } from '../../support/layers/testGoldens.js';

/** The mean over [i step, (i + 1) step] of a row, in small steps. */
function areaOf(row: readonly number[], outSize: number): number[] {
  const parts = 840;
  const fine = row.flatMap((v) => Array<number>(outSize * parts).fill(v));
  const step = row.length * parts;
  return Array.from({ length: outSize }, (_, i) => fine.slice(i * step, (i + 1) * step).reduce((a, b) => a + b) / step);
}

onBackends('resampling', () => {
  it("'area' is the mean of what an output pixel covers", () => {
    tf.tidy(() => {
      const x = pattern([1, 1, 7, 1], 0);
      const row = [...x.dataSync()];
      for (const width of [1, 2, 3, 5, 9]) {
        const y = resizeImages(x, {
          size: [1, width],
          dataFormat: 'channels_last',
          interpolation: 'area',
          antialias: false,
        });
        expectNear(y, areaOf(row, width), `7 to ${width}`, 1e-5);
      }
    });
  });

  it('nearest with odd factors picks whole blocks', () => {
    tf.tidy(() => {
      for (const [size, n] of [
        [41, 2],
        [7, 49],
        [3, 33],
      ]) {
        const x = tf.range(0, n).reshape([1, n, 1, 1]);
        const y = new UpSampling2D({ size: [size, 1] }).apply(x) as tf.Tensor;
        expect([...y.dataSync()]).to.deep.equal(Array.from({ length: n * size }, (_, i) => Math.floor(i / size)));
      }
    });
  });
});

describe('shapes of reshaping and merging layers', () => {
  it('unknown sizes stay unknown', () => {
    const image = [null, null, 6, 3];
    expect(new UpSampling2D({ size: [2, 3] }).computeOutputShape(image)).to.deep.equal([null, null, 18, 3]);
    expect(new ZeroPadding2D({ padding: 2 }).computeOutputShape(image)).to.deep.equal([null, null, 10, 3]);
    expect(new Cropping2D({ cropping: 2 }).computeOutputShape(image)).to.deep.equal([null, null, 2, 3]);
    expect(new Flatten().computeOutputShape(image)).to.deep.equal([null, null]);
    expect(new Reshape({ targetShape: [-1, 9] }).computeOutputShape(image)).to.deep.equal([null, null, 9]);
    expect(new Permute({ dims: [3, 1, 2] }).computeOutputShape(image)).to.deep.equal([null, 3, null, 6]);
    expect(new Add().computeOutputShape([image, [null, 1, 6, 3]])).to.deep.equal([null, null, 6, 3]);
    expect(
      new Add().computeOutputShape([
        [4, 2],
        [null, 3, 2],
      ]),
    ).to.deep.equal([4, 3, 2]);
    expect(new Concatenate({ axis: 1 }).computeOutputShape([image, [null, 2, 6, 3]])).to.deep.equal([null, null, 6, 3]);
    expect(new Concatenate().computeOutputShape([image, [2, 4, 6, 2]])).to.deep.equal([2, 4, 6, 5]);
  });

  it('a flattened batch of no examples', () => {
    tf.tidy(() => {
      expect((new Flatten().apply(tf.zeros([0, 2, 3])) as tf.Tensor).shape).to.deep.equal([0, 6]);
      expect((new Reshape({ targetShape: [3, -1] }).apply(tf.zeros([0, 2, 3])) as tf.Tensor).shape).to.deep.equal([
        0, 3, 2,
      ]);
    });
  });

  it('errors under the conditions of Keras', () => {
    const cases: readonly [() => unknown, RegExp][] = [
      [() => new ZeroPadding2D({ padding: [1] }), /`padding` should have two elements.*\(1,\)/],
      [() => new ZeroPadding2D({ padding: [[1, -1], 1] }), /1st entry of padding.*>= 0/],
      [() => new Cropping2D({ cropping: -1 }), /cropping.*>= 0/],
      [
        () => new Cropping2D({ cropping: 3 }).computeOutputShape([null, 6, 9, 1]),
        /smaller than the corresponding spatial dimension/,
      ],
      [() => new Cropping1D({ cropping: [2, 3] }).computeOutputShape([null, 5, 1]), /`cropping`.*smaller/],
      [() => new Reshape({ targetShape: [-1, -1] }), /at most one unknown dimension/],
      [() => new Reshape({ targetShape: [-2] }), /`target_shape`.*\(-2,\)/],
      [
        () => new Reshape({ targetShape: [5] }).computeOutputShape([null, 2, 3]),
        /total size of the tensor must be unchanged/,
      ],
      [
        () => new Reshape({ targetShape: [-1, 4] }).computeOutputShape([null, 2, 3]),
        /total size of the tensor must be unchanged/,
      ],
      [() => new Permute({ dims: [0, 1] }), /must be consecutive and start from 1.*\(0, 1\)/],
      [() => new RepeatVector({ n: 0 }), /`n`.*positive integer.*n=0/],
      [() => new UpSampling1D({ size: 1.5 }), /`size`.*size=1.5/],
      [() => new UpSampling2D({ interpolation: 'sharp' }), /`interpolation` argument must be one of.*'sharp'/],
      [() => new UpSampling2D({}).apply(tf.input({ shape: [3] })), /expected ndim=4, found ndim=2/],
      [
        () =>
          new Add().build([
            [2, 3],
            [2, 4],
          ]),
        /Inputs have incompatible shapes/,
      ],
      [
        () =>
          new Add().build([
            [2, 3],
            [4, 3],
          ]),
        /Cannot merge tensors with different batch sizes/,
      ],
      [() => new Subtract().build([[2, 3]]), /exactly 2 inputs/],
      [
        () =>
          new Concatenate().build([
            [2, 3],
            [3, 3],
          ]),
        /matching shapes except for the concatenation axis/,
      ],
      [
        () =>
          new Concatenate({ axis: 2 }).build([
            [2, 3],
            [2, 3],
          ]),
        /matching shapes except for the concatenation axis/,
      ],
      [() => new Dot({ axes: 'x' as never }), /Invalid format for argument `axes`/],
      [
        () =>
          new Dot({ axes: 0 }).build([
            [2, 3],
            [2, 3],
          ]),
        /over axis 0/,
      ],
      [
        () =>
          new Dot({ axes: 1 }).build([
            [2, 3],
            [2, 4],
          ]),
        /Incompatible input shapes: axis values 3 \(at axis 1\) != 4/,
      ],
      [() => new Dot({ axes: 1 }).build([2, 3]), /list of 2 inputs/],
    ];
    for (const [run, message] of cases) expect(run, String(run)).to.throw(message);
  });
});

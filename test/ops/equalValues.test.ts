// What is computed of equal values: their mean is that value, and their variance is 0, whatever the number of them and
// however large the value. A sum of 7 times 1e6 + 0.1 in float32, divided by 7, is another number; a normalization then
// shows the difference as large as any other.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import {
  batchNormalization,
  globalAveragePooling3d,
  groupNormalization,
  layerNormalization,
  unitNormalization,
} from '../../src/layers.js';
import { isBrowser, ownBackends, useBackend } from '../support/backends.js';

const few = [0.1, 1e6 + 0.1, -3e7, 1e-20, 16777217 / 3];
/** WebGL2 in software takes a while for each. */
const values = (isBrowser ? few : [...few, 123456.7, 1234.567, 1e-3]).map(Math.fround);
/** [height, width]: below, at and above the tiles and chunks of both engines. */
const edges = [
  [1, 1],
  [1, 3],
  [7, 7],
  [10, 10],
  [33, 29],
  [1, 4097],
  [241, 17],
];
const between = [
  [3, 3],
  [5, 16],
  [1, 1000],
];
const sizes = isBrowser ? edges : [...edges, ...between];
const CHANNELS = 6;

type Run = (x: tf.Tensor4D, value: number) => tf.Tensor;

const rows = (x: tf.Tensor4D) => tf.reshape(x, [x.shape[0], -1]);
const channels = (value: number) => tf.fill([CHANNELS], value);
const window = ({ shape }: tf.Tensor4D): [number, number] => [shape[1], shape[2]];

const means: Readonly<Record<string, Run>> = {
  'mean of images': (x) => tf.mean(x, [1, 2]),
  'mean of a batch': (x) => tf.mean(x, [0, 1, 2]),
  'mean of channels': (x) => tf.mean(x, 3),
  'mean of everything': (x) => tf.mean(x),
  'mean of rows and channels': (x) => tf.mean(x, [1, 3]),
  'mean of a batch and columns': (x) => tf.mean(x, [0, 2], true),
  'mean of rows': (x) => tf.mean(rows(x), 1),
  'moments of images, mean': (x) => tf.moments(x, [1, 2]).mean,
  'moments of a batch, mean': (x) => tf.moments(x, [0, 1, 2]).mean,
  'avgPool of all': (x) => tf.avgPool(x, window(x), 1, 'valid'),
  'avgPool 3x3, same': (x) => tf.avgPool(x, 3, 1, 'same'),
  'avgPool 2x2, stride 2': (x) => tf.avgPool(x, 2, 2, 'same'),
};

const zeros: Readonly<Record<string, Run>> = {
  'moments of images, variance': (x) => tf.moments(x, [1, 2]).variance,
  'moments of a batch, variance': (x) => tf.moments(x, [0, 1, 2]).variance,
  'moments of rows, variance': (x) => tf.moments(rows(x), 1).variance,
  'layer normalization of rows': (x) => layerOf(layerNormalization(), rows(x)),
  'layer normalization of images': (x) => layerOf(layerNormalization({ axis: [1, 2, 3] }), x),
  'layer normalization of channels': (x) => layerOf(layerNormalization(), x),
  'group normalization': (x) => layerOf(groupNormalization({ groups: 2 }), x),
  'batch normalization': (x) => layerOf(batchNormalization(), x),
  'batch normalization of rows': (x) => layerOf(batchNormalization({ axis: 1 }), x),
  'tf.batchNorm': (x, value) => tf.batchNorm(x, channels(value), channels(2), channels(0), channels(3)),
};

type RunOfVolumes = (x: tf.Tensor5D, value: number) => tf.Tensor;

const volumes: Readonly<Record<string, RunOfVolumes>> = {
  'avgPool3d 2x3x3, same': (x) => tf.avgPool3d(x, [2, 3, 3], 1, 'same'),
  'avgPool3d 3x3x3, strides 2': (x) => tf.avgPool3d(x, 3, 2, 'same'),
  'avgPool3d of all': (x) => tf.avgPool3d(x, [5, 6, 7], 1, 'valid'),
  'mean of volumes': (x) => tf.mean(x, [1, 2, 3]),
  'mean of planes of a batch': (x) => tf.mean(x, [0, 2, 3]),
  'global average of volumes': (x) => layerOf(globalAveragePooling3d(), x),
};

function layerOf(layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor {
  const y = layer.apply(x, { training: true }) as tf.Tensor;
  layer.dispose();
  return y;
}

/** The first value that is not as wanted, with the sizes. @param tolerance Relative. */
function wrongIn(run: Run, wanted: (value: number) => number, tolerance = 0): string[] {
  return values.flatMap((value) =>
    sizes.flatMap(([height, width]) =>
      tf.tidy(() => {
        const given = tf.fill([2, height, width, CHANNELS], value) as tf.Tensor4D;
        // A convolution by the identity leaves images in the WebGL2 engine's own layout.
        const one = tf.reshape(tf.eye(CHANNELS), [1, 1, CHANNELS, CHANNELS]) as tf.Tensor4D;
        return [given, tf.conv2d(given, one, 1, 'same')].flatMap((x, i) => {
          const limit = Math.abs(wanted(value)) * tolerance;
          const isWrong = (y: number) => !(Math.abs(y - wanted(value)) <= limit);
          const found = [...run(x, value).dataSync()].find(isWrong);
          return found === undefined ? [] : [`${value} in ${height}x${width}${i ? ' of a convolution' : ''}: ${found}`];
        });
      }),
    ),
  );
}

for (const backend of ownBackends) {
  describe(`equal values, on ${backend}`, () => {
    useBackend(backend);
    for (const [name, run] of Object.entries(means)) {
      it(`${name}: the value`, () => {
        expect(wrongIn(run, (value) => value)).to.deep.equal([]);
      });
    }
    for (const [name, run] of Object.entries(zeros)) {
      it(`${name}: 0`, () => {
        expect(wrongIn(run, () => 0)).to.deep.equal([]);
      });
    }
    for (const [name, run] of Object.entries(volumes)) {
      it(`${name}: the value`, () => {
        const found = values.flatMap((value) => {
          const y = tf.tidy(() => run(tf.fill([2, 5, 6, 7, 3], value) as tf.Tensor5D, value).dataSync());
          return [...y].filter((mean) => mean !== value);
        });
        expect(found).to.deep.equal([]);
      });
    }
    it('avgPool of windows of equal values beside others: the value', () => {
      expect(wrongWindows()).to.deep.equal([]);
    });
    it('unit normalization of equal values: equal values, of length 1', () => {
      const wanted = (value: number) => value / Math.max(Math.abs(value) * Math.sqrt(CHANNELS), 1e-12);
      const ofUnit = (x: tf.Tensor4D) => layerOf(unitNormalization(), x);
      expect(wrongIn(ofUnit, wanted, 1e-6)).to.deep.equal([]);
    });
  });
}

/** The last columns hold another value: windows that hold both are not looked at. */
function wrongWindows(): string[] {
  return values.flatMap((value) =>
    tf.tidy(() => {
      const halves = [tf.fill([1, 7, 9, CHANNELS], value), tf.fill([1, 7, 8, CHANNELS], 2.7 - value / 3)];
      const x = tf.concat(halves, 2) as tf.Tensor4D;
      return [2, 3, 4].flatMap((k) => {
        const y = tf.avgPool(x, k, 1, 'same');
        const [left, right] = [tf.slice(y, [0, 0, 0, 0], [1, 7, 7, CHANNELS]), tf.slice(y, [0, 0, 13, 0])];
        const isRight = (part: tf.Tensor, of: tf.Tensor) => {
          const one = of.dataSync()[0];
          return part.dataSync().every((mean) => mean === one);
        };
        return isRight(left, halves[0]) && isRight(right, halves[1]) ? [] : [`${value}, ${k}x${k}`];
      });
    }),
  );
}

// Random image layers in training: their effect on pixels, seeds, both data formats, errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasLayer } from '../../../src/layers/base/kerasLayer.js';
import {
  CenterCrop,
  preprocessingLayers,
  RandomBrightness,
  RandomContrast,
  RandomCrop,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
  Rescaling,
  Resizing,
} from '../../../src/layers/preprocessing/index.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { expectNear, pattern } from '../../support/layers/testGoldens.js';

const training = { training: true };

function train(layer: KerasLayer, x: tf.Tensor): tf.Tensor {
  return layer.apply(x, training) as tf.Tensor;
}

const toFirst = (x: tf.Tensor) => tf.transpose(x, [0, 3, 1, 2]);
const first = { dataFormat: 'channels_first' };

onBackends('random image layers in training', () => {
  it('RandomFlip: each picture as it is or flipped', () => {
    tf.tidy(() => {
      const x = tf.tile(pattern([1, 2, 3, 2], 0), [64, 1, 1, 1]);
      const one = x.slice(0, 1);
      for (const [mode, axes] of [
        ['horizontal', [2]],
        ['vertical', [1]],
        ['horizontal_and_vertical', [1, 2]],
      ] as const) {
        const y = train(new RandomFlip({ mode, seed: 3 }), x);
        const wanted = [one, tf.reverse(one, [...axes])].map((t) => [...t.dataSync()].join());
        const kinds = tf.unstack(y).map((picture) => wanted.indexOf([...picture.dataSync()].join()));
        expect(new Set(kinds)).to.deep.equal(new Set([0, 1]));
        const other = train(new RandomFlip({ mode, seed: 3, ...first }), toFirst(x));
        expectNear(other, [...toFirst(y).dataSync()], `${mode} channels_first`);
      }
    });
  });

  it('RandomCrop: a part of the picture; of a small one the middle, enlarged', () => {
    tf.tidy(() => {
      const x = pattern([2, 6, 5, 1], 0);
      const y = train(new RandomCrop({ height: 3, width: 2, seed: 1 }), x);
      expect(y.shape).to.deep.equal([2, 3, 2, 1]);
      const crops = [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].map((j) => tf.slice(x, [0, i, j, 0], [2, 3, 2, 1])));
      expect(crops.map((part) => [...part.dataSync()].join())).to.include([...y.dataSync()].join());
      expect(train(new RandomCrop({ height: 8, width: 4 }), x).shape).to.deep.equal([2, 8, 4, 1]);
      expect(train(new RandomCrop({ height: 3, width: 2, seed: 1, ...first }), toFirst(x)).shape).to.deep.equal([
        2, 1, 3, 2,
      ]);
    });
  });

  it('RandomBrightness and RandomContrast', () => {
    tf.tidy(() => {
      const x = tf.tile(tf.tensor([0.25, 0.5, 0.5, 0.75], [1, 2, 2, 1]), [200, 1, 1, 1]);
      const bright = train(new RandomBrightness({ factor: [0, 0.2], valueRange: [0, 1], seed: 1 }), x).sub(x);
      expect(tf.max(bright).dataSync()[0]).to.be.within(0.15, 0.2 + 1e-6);
      expect(tf.min(bright).dataSync()[0]).to.be.within(-1e-6, 0.05);
      expectNear(tf.max(bright, [1, 2, 3]), [...tf.min(bright, [1, 2, 3]).dataSync()], 'one number per picture', 1e-6);
      const contrast = new RandomContrast({ factor: [0.5, 0.5], valueRange: [0, 1], seed: 1 });
      const y = train(contrast, x);
      expectNear(tf.mean(y, [1, 2, 3]), Array(200).fill(0.5), 'the mean stays', 1e-6);
      const spread = tf.sub(tf.max(y, [1, 2, 3]), tf.min(y, [1, 2, 3])).mul(2);
      expect(tf.min(spread).dataSync()[0]).to.be.within(0.5 - 1e-5, 0.6);
      expect(tf.max(spread).dataSync()[0]).to.be.within(1.4, 1.5 + 1e-5);
    });
  });

  it('rotations, zooms and translations by known amounts', () => {
    tf.tidy(() => {
      const x = pattern([2, 5, 5, 2], 0);
      const exact = (layer: KerasLayer, wanted: tf.Tensor, what: string) =>
        expectNear(train(layer, x), [...wanted.dataSync()], what, 1e-5);
      const constant = { fillMode: 'constant', fillValue: 0.5, interpolation: 'bilinear' };
      exact(new RandomRotation({ factor: [0.5, 0.5] }), tf.reverse(x, [1, 2]), 'half a turn');
      exact(new RandomRotation({ factor: [1, 1] }), x, 'a full turn');
      exact(new RandomZoom({ heightFactor: [0, 0] }), x, 'no zoom');
      exact(new RandomTranslation({ heightFactor: [0, 0], widthFactor: [0, 0] }), x, 'no translation');
      const down = tf.concat([tf.fill([2, 1, 5, 2], 0.5), x.slice([0, 0, 0, 0], [2, 4, 5, 2])], 1);
      exact(
        new RandomTranslation({ heightFactor: [0.2, 0.2], widthFactor: [0, 0], ...constant }),
        down,
        'one row down',
      );
      const layer = new RandomTranslation({ heightFactor: [0.2, 0.2], widthFactor: [0, 0], ...constant, ...first });
      expectNear(train(layer, toFirst(x)), [...toFirst(down).dataSync()], 'channels_first', 1e-5);
      const zoomed = train(
        new RandomZoom({ heightFactor: [0.5, 0.5], interpolation: 'nearest', ...{ fillMode: 'constant' } }),
        x,
      );
      expectNear(
        zoomed.slice([0, 2, 2, 0], [2, 1, 1, 2]),
        [...x.slice([0, 2, 2, 0], [2, 1, 1, 2]).dataSync()],
        'middle',
      );
      expect(zoomed.slice([0, 0, 0, 0], [2, 1, 1, 2]).dataSync()[0]).to.equal(0);
    });
  });

  it('all layers: a single picture, the same with the same seed, and the identity at inference', () => {
    tf.tidy(() => {
      const x = pattern([4, 4, 3], 0);
      const needs: Readonly<Record<string, object>> = {
        RandomZoom: { heightFactor: 0.1 },
        RandomTranslation: { heightFactor: 0.1, widthFactor: 0.1 },
        RandomCrop: { height: 2, width: 2 },
        RandomPosterization: { factor: 4 },
      };
      for (const cls of preprocessingLayers.filter(({ className }) =>
        /^Random|^RandAug|Mix$|Solar|^Equal/.test(className),
      )) {
        const isBare = /Flip|Jitter|Grayscale|Shear|MixUp|Solarization|Equalization/.test(cls.className);
        const args = needs[cls.className] ?? (isBare ? {} : { factor: 0.1 });
        const layer = new cls(args);
        expect([...(layer.apply(x) as tf.Tensor).dataSync()], cls.className).to.deep.equal([...x.dataSync()]);
        const size = cls.className === 'RandomCrop' ? 2 : 4;
        const hasOwnSize = /Height$|Width$/.test(cls.className); // see randomSizes.test.ts
        for (let i = 0; i < 2 && !hasOwnSize; i++)
          expect(train(layer, x).shape, cls.className).to.deep.equal([size, size, 3]);
        const seeded = 'seed' in layer.config ? [1, 2].map(() => train(new cls({ ...args, seed: 5 }), x)) : [];
        if (seeded.length > 0) expectNear(seeded[1], [...seeded[0].dataSync()], `${cls.className} with a seed`);
      }
    });
  });
});

describe('arguments of preprocessing layers', () => {
  it('errors under the conditions of Keras', () => {
    const cases: readonly [() => unknown, RegExp][] = [
      [
        () => new Resizing({ height: 2, width: 3, interpolation: 'best' }),
        /`interpolation` argument must be one of.*'best'/,
      ],
      [() => new Resizing({ height: 0, width: 3 }), /`height`.*height=0/],
      [() => new Resizing({ height: 2, width: 3, fillMode: 'reflect' }), /'constant'.*'reflect'/],
      [
        () => new Resizing({ height: 2, width: 3, cropToAspectRatio: true, padToAspectRatio: true }),
        /Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`/,
      ],
      [() => new Rescaling({ scale: 'x' as never }), /`scale`.*'x'/],
      [() => new RandomFlip({ mode: 'diagonal' }), /`mode` argument must be one of.*diagonal/],
      [() => new RandomRotation({ factor: 2 }), /`factor`.*range \[-1, 1\].*factor=2/],
      [() => new RandomContrast({ factor: -0.5 }), /range \[0, 1\].*factor=-0.5/],
      [() => new RandomZoom({ heightFactor: 2 }), /`height_factor`.*height_factor=2/],
      [
        () => new RandomBrightness({ factor: 0.1, valueRange: [1] as never }),
        /list of two numbers.*value_range=\(1,\)/,
      ],
      [() => new CenterCrop({ height: 2, width: 2 }).call(tf.scalar(1)), /rank 3 or 4/],
    ];
    for (const [run, message] of cases) expect(() => tf.tidy(() => void run()), String(run)).to.throw(message);
  });

  it('an array of NumPy as scale, and the output shape of unknown sizes', () => {
    const scale = { class_name: '__numpy__', config: { value: [1, 2], dtype: 'float32' } };
    const layer = new Rescaling({ scale: scale as never });
    expect(layer.getKerasConfig().scale).to.deep.equal(scale);
    expect(new Resizing({ height: 2, width: 3 }).computeOutputShape([null, null, null, 3])).to.deep.equal([
      null,
      2,
      3,
      3,
    ]);
  });
});

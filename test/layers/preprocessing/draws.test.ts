// What random image layers do with a given draw, and what those without draws do, beside real Keras.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { DrawnAugmentation } from '../../../src/layers/preprocessing/augmentation.js';
import { preprocessingLayers } from '../../../src/layers/preprocessing/index.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { expectNear } from '../../support/layers/testGoldens.js';
import rows from './goldensDraws.json' with { type: 'json' };

interface Row {
  readonly className: string;
  readonly args: { readonly data_format: string };
  readonly draw: unknown;
  readonly range: readonly [number, number];
  readonly shape: number[];
  readonly outputs: number[];
}

type AnyDrawn = DrawnAugmentation<Record<string, never>, unknown>;

/** The images of draws.py. */
function imagesOf({ shape, range: [low, high], args }: Row): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const x = tf.tensor(
    Array.from({ length: size }, (_, i) => low + ((high - low) * ((i * 37 + 11) % 101)) / 100),
    shape,
  );
  return args.data_format === 'channels_first' ? tf.transpose(x, [0, 3, 1, 2]) : x;
}

onBackends('image layers in training as in Keras', () => {
  for (const row of rows as unknown as Row[]) {
    if (row.className === 'RandomShear') continue; // policies.test.ts: it draws as it goes
    it(`${row.className} ${JSON.stringify(row.args)}`, () => {
      tf.tidy(() => {
        const cls = preprocessingLayers.find(({ className }) => className === row.className);
        const layer = new (cls as (typeof preprocessingLayers)[number])(row.args);
        const x = imagesOf(row);
        const y = row.draw
          ? (layer as unknown as AnyDrawn).applyDraw(x, row.draw)
          : (layer.apply(x, { training: true }) as tf.Tensor);
        expect(y.shape).to.deep.equal(x.shape);
        expectNear(y, row.outputs, row.className, 1e-5 * row.range[1]);
      });
    });
  }
});

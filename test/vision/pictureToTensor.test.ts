// pictureToTensor beside real Keras: every preprocess_input, and Resizing in its forms. Goldens: goldens.py.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { type PictureOptions, pictureToTensor } from '../../src/vision.js';
import { ownBackends, useBackend } from '../support/backends.js';
import goldens from './goldens.json' with { type: 'json' };
import { makeModel } from './models.js';

/** The largest difference between a tensor, which it disposes of, and values. */
function difference(y: tf.Tensor, values: readonly number[]): number {
  const found = y.dataSync();
  y.dispose();
  expect(found.length).to.equal(values.length);
  return Math.max(...values.map((value, i) => Math.abs(value - found[i])));
}

async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

const picture = {
  width: 7,
  height: 5,
  data: Uint8Array.from({ length: 140 }, (_, i) => (i % 4 === 3 ? 255 : goldens.picture[3 * (i >> 2) + (i % 4)])),
};

for (const name of ownBackends) {
  describe(`pictureToTensor on ${name}`, () => {
    useBackend(name);

    for (const [module, values] of Object.entries(goldens.preprocessed)) {
      if (module === 'imagenet_utils') continue; // no network: its functions take the mode as an argument
      it(`prepares as keras.applications.${module}`, async () => {
        const x = tf.tensor4d(goldens.pixels, [1, 2, 2, 3]);
        expect(difference(await pictureToTensor(x, { preprocess: module }), values)).to.be.below(2e-4);
        x.dispose();
      });
    }

    for (const { options, size, values } of goldens.resized) {
      it(`resizes to ${size} as Keras's Resizing with ${JSON.stringify(options)}`, async () => {
        const { interpolation, crop_to_aspect_ratio: crop, pad_to_aspect_ratio: pad, fill_value: fillValue } = options;
        const fit = crop ? 'crop' : pad ? 'pad' : 'stretch';
        const given = { interpolation, fit, fillValue, size, preprocess: 'none' } as unknown as PictureOptions;
        // TensorFlow looks bicubic weights up in a table of 1024.
        const tolerance = interpolation === 'bicubic' ? 0.2 : 2e-3;
        expect(difference(await pictureToTensor(picture, given), values)).to.be.below(tolerance);
      });
    }

    it('takes size, channels and layout from the model', async () => {
      const model = makeModel([4, 6, 1]);
      const y = await pictureToTensor(picture, { model });
      expect(y.shape).to.deep.equal([1, 4, 6, 1]);
      const values = y.dataSync();
      expect(Math.max(...values), '0..1').to.be.within(0.2, 1);
      tf.dispose([y]);
      model.dispose();
    });

    it('names of networks', async () => {
      const blueFirst = ['ResNet50', 'resnet152', 'VGG16', 'caffe'];
      for (const preprocess of blueFirst) {
        const x = tf.tensor4d([1, 2, 3], [1, 1, 1, 3]);
        expect(
          difference(await pictureToTensor(x, { preprocess }), [3 - 103.939, 2 - 116.779, 1 - 123.68]),
        ).to.be.below(1e-4);
        x.dispose();
      }
      for (const preprocess of ['EfficientNetB7', 'EfficientNetV2S', 'MobileNetV3Large', 'ConvNeXtXLarge']) {
        const x = tf.tensor4d([1, 2, 3], [1, 1, 1, 3]);
        expect(difference(await pictureToTensor(x, { preprocess }), [1, 2, 3])).to.equal(0);
        x.dispose();
      }
    });

    it('refuses what does not fit, with the value', async () => {
      const refused: readonly [Promise<unknown>, RegExp][] = [
        [
          pictureToTensor(picture, { preprocess: 'ResNet51' }),
          /network of keras.applications.*received preprocess='ResNet51'/,
        ],
        [pictureToTensor(picture, { size: [0, 4] }), /received size=\[0,4\]/],
        [pictureToTensor(picture, { fit: 'cover' as never }), /stretch crop pad; received fit='cover'/],
        [pictureToTensor(picture, { interpolation: 'cubic' as never }), /received interpolation='cubic'/],
        [pictureToTensor(picture, { channels: 2 as never }), /received channels=2/],
        [pictureToTensor(picture, { channels: 1, preprocess: 'torch' }), /needs 3 channels; received channels=1/],
        [pictureToTensor('cat.png' as never), /this is no picture; received source='String'/],
        [
          pictureToTensor({ width: 2, height: 2, data: new Uint8Array(12) }),
          /received width=2, height=2, data.length=12/,
        ],
      ];
      for (const [promise, message] of refused) expect(await rejection(promise)).to.match(message);
      const pair = tf.zeros([2, 3, 3, 3]) as tf.Tensor4D;
      expect(await rejection(pictureToTensor(pair))).to.match(/one picture.*received source.shape=\[2,3,3,3\]/);
      pair.dispose();
    });
  });
}

// Integer pixels, bicubic kernels and nested factors in files of Keras, beside its predictions (pixels.py).

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { Input, model, upSampling2d } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import cases from './pixels.json' with { type: 'json' };

interface Case {
  readonly file: string;
  readonly x: number[];
  readonly isInteger: boolean;
  readonly y: number[];
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function expectValues(net: tf.LayersModel, { x, isInteger, y }: Case): void {
  tf.tidy(() => {
    const wanted = tf.tensor(y);
    const found = net.predict(tf.tensor(x, undefined, isInteger ? 'int32' : 'float32')) as tf.Tensor;
    expect(found.shape).to.deep.equal(wanted.shape);
    expect(tf.max(tf.abs(tf.sub(found, wanted))).dataSync()[0]).to.be.below(2e-3);
  });
}

for (const backend of ['convnet-cpu', 'convnet']) {
  describe(`pixels as Keras computes them: ${backend}`, () => {
    useBackend(backend);

    for (const [name, one] of Object.entries(cases as unknown as Readonly<Record<string, Case>>)) {
      it(`${name}, also after the model was saved`, async () => {
        const net = await loadKerasModel(bytesOf(one.file));
        expectValues(net, one);
        const again = await loadKerasModel(await saveKerasModel(net, { format: 'keras' }));
        expectValues(again, one);
        net.dispose();
        again.dispose();
      });
    }

    it("an input of TensorFlow.js's own has whole numbers without a range", () => {
      const x = tf.input({ shape: [2, 2, 1], dtype: 'int32' });
      const y = upSampling2d({ size: 2, interpolation: 'bilinear' }).apply(x) as tf.SymbolicTensor;
      const net = model({ inputs: x, outputs: y });
      tf.tidy(() => {
        const pixels = tf.tensor4d([-300, 1, 0, 900], [1, 2, 2, 1], 'int32');
        const values = [...(net.predict(pixels) as tf.Tensor).dataSync()];
        expect([values[0], values[3], values[15]]).to.deep.equal([-300, 1, 900]);
        expect(values.every((value) => Number.isInteger(value))).to.equal(true);
      });
      net.dispose();
    });

    it('Input says the range of the integers', () => {
      const x = Input({ shape: [4, 3, 2], dtype: 'uint8' });
      const y = upSampling2d({ size: 3, interpolation: 'lanczos5' }).apply(x) as tf.SymbolicTensor;
      const net = model({ inputs: x, outputs: y });
      expectValues(net, (cases as unknown as Readonly<Record<string, Case>>)['UpSampling2D lanczos5 uint8']);
      net.dispose();
    });
  });
}

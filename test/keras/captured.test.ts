// Models that real Keras wrote, captured: they replay what they predict, bit by bit, for other inputs than at the capture.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { type CapturedModel, capture } from '../../src/index.js';
import { loadKerasModel } from '../../src/keras.js';
import { ownBackends, useBackend } from '../support/backends.js';
import { expectSame } from '../support/captured.js';
import { customFixtures as customObjects } from '../support/keras/customFixtures.js';
import { type FixtureTensor, factsOf, fixtureFile, fixtures } from '../support/keras/fixtureFiles.js';
import { inputTensor } from '../support/keras/predictions.js';

const newest = '3.15.1';
const quiet = { onWarning: () => {}, customObjects };

/** What is refused, with a part of the reason: on both engines, and on WebGL2 alone. */
const refused: Readonly<Record<string, RegExp>> = {
  image_pipeline: /^capture: values that depend on the inputs are read in JavaScript/, // CLAHE
  misrecorded_shapes: /^capture: values that depend on the inputs are read in JavaScript/, // slogdet
};
const refusedOnWebgl: Readonly<Record<string, RegExp>> = {
  matrix_activations: /^capture: the kernel reads values .* received kernel='TopK'/, // few values: TensorFlow.js sorts them
};

/** Inputs with values of their own: the fixture's in another order, so that indices stay in their range. */
function reversed(input: FixtureTensor): tf.Tensor {
  return tf.tidy(() => {
    const x = inputTensor(input);
    return tf.reshape(tf.reverse(tf.reshape(x, [-1])), x.shape);
  });
}

function oneOrList(tensors: tf.Tensor[]): tf.Tensor | tf.Tensor[] {
  return tensors.length === 1 ? tensors[0] : tensors;
}

for (const backend of ownBackends)
  describe(`captured models of Keras, ${backend}`, () => {
    useBackend(backend);

    for (const { name, kind, version, files } of fixtures) {
      const file = Object.values(files)
        .flat()
        .find((one) => /\.keras$/.test(one));
      if (version !== newest || kind === 'refused' || !file) continue;
      it(file, async () => {
        const facts = await factsOf({ version, name });
        const model = await loadKerasModel(await fixtureFile(version, file), quiet);
        const [first, second] = [facts.inputs.map(inputTensor), facts.inputs.map(reversed)];
        let captured: CapturedModel | undefined;
        try {
          const attempt = () => {
            captured = capture(model, oneOrList(first));
          };
          const reason = refused[name] ?? (backend === 'convnet-webgl' ? refusedOnWebgl[name] : undefined);
          if (reason) {
            expect(attempt).to.throw(reason);
            return;
          }
          attempt();
          const predict = (x: tf.Tensor) => model.predict(x) as tf.Tensor;
          for (const inputs of [second, first])
            expectSame(captured as unknown as CapturedModel, predict, oneOrList(inputs));
        } finally {
          captured?.dispose();
          model.dispose();
          tf.dispose([first, second]);
        }
      });
    }

    it('sees what an optimizer of Keras changes in place', async () => {
      const model = await loadKerasModel(await fixtureFile(newest, 'twelve_convs.keras'), quiet);
      const { inputs } = await factsOf({ version: newest, name: 'twelve_convs' });
      const x = inputTensor(inputs[0]);
      const y = tf.tidy(() => tf.zerosLike(model.predict(x) as tf.Tensor));
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      const captured = capture(model, x);
      const values = () => [...(captured.predictValues(x) as Float32Array)];
      const all = [values()];
      for (let i = 0; i < 3; i++) {
        await model.trainOnBatch(x, y);
        expectSame(captured, (input: tf.Tensor) => model.predict(input) as tf.Tensor, x);
        all.push(values());
      }
      expect(new Set(all.map(String)).size).to.equal(4);
      captured.dispose();
      model.optimizer.dispose();
      model.dispose();
      tf.dispose([x, y]);
    });
  });

// Inputs keep what their file says of them, which TensorFlow.js has no place for: dtypes such as float16, and whether they are
// optional.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { configOf, type JsonObject } from '../../../src/core/json.js';
import { serializeModel } from '../../../src/keras/save/serializeModel.js';
import { makeTfjsFiles } from '../../../src/keras/save/tfjs/tfjsFiles.js';
import { type KerasModel, loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { useBackend } from '../../support/backends.js';

const file = (name: string, bytes: Uint8Array | string) => new File([bytes as BlobPart], name);

/** A model.json of the TensorFlow.js converter, with an input of this dtype. */
function modelOf(dtype: string): File[] {
  const input = { batch_shape: [null, 2], dtype, sparse: false, ragged: false, name: 'x', optional: true };
  const layers = [
    { module: 'keras.layers', class_name: 'InputLayer', config: input, registered_name: null },
    {
      module: 'keras.layers',
      class_name: 'Rescaling',
      config: { name: 'r', scale: 0.5, offset: 0 },
      registered_name: null,
    },
  ];
  const config = { name: 's', layers, build_input_shape: [null, 2] };
  const modelTopology = { keras_version: '3.15.1', model_config: { class_name: 'Sequential', config } };
  return [file('model.json', JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: [] }))];
}

function inputOf(model: KerasModel): JsonObject {
  const { layers } = configOf(serializeModel(model, { form: 'keras', includesCompilation: false })) as {
    readonly layers?: unknown;
  };
  return (layers as { readonly config: JsonObject }[])[0].config;
}

describe('inputs of saved models', () => {
  useBackend('convnet-cpu');

  for (const dtype of ['float16', 'bfloat16', 'float64', 'uint8', 'int64', 'float32']) {
    it(`${dtype}, optional, in .keras, .h5 and model.json`, async () => {
      const model = await loadKerasModel(modelOf(dtype));
      const { files } = await makeTfjsFiles(model);
      const copies = [
        model,
        await loadKerasModel(await saveKerasModel(model, { format: 'keras' })),
        await loadKerasModel(await saveKerasModel(model, { format: 'h5' })),
        await loadKerasModel(files.map(({ name, bytes }) => file(name, bytes))),
      ];
      for (const copy of copies) {
        expect(inputOf(copy)).to.include({ dtype, optional: true });
        tf.tidy(() => {
          const x = tf.tensor2d([[2, 4]], undefined, dtype.includes('int') ? 'int32' : 'float32');
          expect([...(copy.predict(x) as tf.Tensor).dataSync()]).to.deep.equal([1, 2]);
        });
        copy.dispose();
      }
    });
  }
});

// Classes that Keras exports under another name than their own: an .h5 must name them as Python does, or Keras 3 says that
// the layer is unknown.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { openHdf5 } from '../../../src/formats/hdf5/hdf5.js';
import { loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { groupQueryAttention, model } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';

describe('classes with two names', () => {
  useBackend('convnet-cpu');

  it('GroupQueryAttention is GroupedQueryAttention in an .h5, and is read again', async () => {
    const x = tf.input({ shape: [3, 4] });
    const layer = groupQueryAttention({ headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1 });
    const net = model({ inputs: x, outputs: layer.apply([x, x]) as tf.SymbolicTensor });
    const saved = await saveKerasModel(net, { format: 'h5' });
    const config = JSON.parse(String(openHdf5(saved).attributes.get('model_config'))).config;
    const classes = config.layers.map(({ class_name }: { class_name: string }) => class_name);
    expect(classes).to.include('GroupedQueryAttention').and.not.include('GroupQueryAttention');
    const again = await loadKerasModel(saved);
    expect(again.layers.at(-1)?.getClassName()).to.equal('GroupQueryAttention');
    again.dispose();
    net.dispose();
  });
});

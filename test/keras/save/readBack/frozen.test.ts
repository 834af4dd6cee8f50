// Frozen layers in files: every kind of layer that holds others can be saved frozen. What Keras trains again after
// loading, the projections of attention and the cell of ConvLSTM, is warned of; measured with Keras 3.15 on TensorFlow.

import type * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { makeTfjsFiles } from '../../../../src/keras/save/tfjs/tfjsFiles.js';
import { loadKerasModel, saveKerasModel } from '../../../../src/keras.js';
import {
  bidirectional,
  convLstm1d,
  dense,
  groupQueryAttention,
  gru,
  gruCell,
  Input,
  type KerasModel,
  lstm,
  model,
  multiHeadAttention,
  rnn,
  sequential,
  spectralNormalization,
  timeDistributed,
} from '../../../../src/layers.js';
import { useBackend } from '../../../support/backends.js';
import { captureWarnings } from '../../../support/warnings.js';

type Symbol = tf.SymbolicTensor;

interface Case {
  readonly make: () => tf.layers.Layer;
  /** How many weights Keras 3.15 trains in the loaded file. */
  readonly thaws: number;
  readonly shape?: tf.Shape;
  readonly calls?: (x: Symbol) => Symbol[];
}

const twice = (x: Symbol) => [x, x];
const cases: Readonly<Record<string, Case>> = {
  dense: { make: () => dense({ units: 2 }), thaws: 0 },
  lstm: { make: () => lstm({ units: 2 }), thaws: 0 },
  cells: { make: () => rnn({ cell: gruCell({ units: 2 }) }), thaws: 0 },
  bidirectional: { make: () => bidirectional({ layer: gru({ units: 2 }) }), thaws: 0 },
  timeDistributed: { make: () => timeDistributed({ layer: dense({ units: 2 }) }), thaws: 0 },
  'timeDistributed model': {
    make: () => timeDistributed({ layer: sequential({ layers: [dense({ units: 2, inputShape: [4] })] }) }),
    thaws: 0,
  },
  spectralNormalization: { make: () => spectralNormalization({ layer: dense({ units: 2 }) }), thaws: 0 },
  convLstm1d: { make: () => convLstm1d({ filters: 2, kernelSize: 1 }), thaws: 3, shape: [3, 4, 2] },
  multiHeadAttention: { make: () => multiHeadAttention({ numHeads: 1, keyDim: 2 }), thaws: 8, calls: twice },
  groupQueryAttention: {
    make: () => groupQueryAttention({ headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1 }),
    thaws: 8,
    calls: twice,
  },
};

function modelOf({ make, shape = [3, 4], calls = (x) => [x] }: Case): KerasModel {
  const layer = make();
  const inputs = Input({ shape });
  const tensors = calls(inputs);
  const net = model({ inputs, outputs: layer.apply(tensors.length > 1 ? tensors : inputs) as Symbol });
  layer.trainable = false;
  return net;
}

describe('a frozen layer in a file', () => {
  useBackend('convnet-cpu');

  for (const [name, entry] of Object.entries(cases)) {
    for (const format of ['keras', 'h5', 'tfjs'] as const) {
      it(`${name}, ${format}`, async () => {
        const net = modelOf(entry);
        expect(net.trainableWeights.length).to.equal(0);
        let again: tf.LayersModel | null = null;
        const warnings = await captureWarnings(async () => {
          again = await loadKerasModel(
            format === 'tfjs' ? (await makeTfjsFiles(net)).files : await saveKerasModel(net, { format }),
          );
        });
        const loaded = again as unknown as tf.LayersModel;
        expect(loaded.trainableWeights.length).to.equal(entry.thaws);
        const told = warnings.filter((text) => text.includes('frozen'));
        expect(told.length).to.equal(entry.thaws > 0 ? 1 : 0);
        if (entry.thaws > 0) expect(told[0]).to.include(`'${net.layers[1].name}'`);
        loaded.layers[1].trainable = false;
        expect(loaded.trainableWeights.length, 'frozen again').to.equal(0);
        loaded.dispose();
        net.dispose();
      });
    }
  }

  it('in a frozen model within a model', async () => {
    const inner = modelOf(cases.multiHeadAttention);
    inner.trainable = false;
    const inputs = Input({ shape: [3, 4] });
    const net = model({ inputs, outputs: dense({ units: 1 }).apply(inner.apply(inputs) as Symbol) as Symbol });
    const warnings = await captureWarnings(async () => {
      const again = await loadKerasModel(await saveKerasModel(net));
      expect(again.trainableWeights.length, 'as in Keras').to.equal(10);
      again.dispose();
    });
    expect(warnings.length).to.equal(1);
    expect(warnings[0]).to.include(`'${inner.layers[1].name}'`);
    net.dispose();
  });
});

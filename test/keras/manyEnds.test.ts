// Files with more outputs, losses and metrics than a model can have: compile() and TensorFlow.js's graphs take time in
// the square of their number.

import { expect } from 'chai';
import { KerasFileError, loadKerasModel } from '../../src/keras.js';
import { useBackend } from '../support/backends.js';
import { rejection } from '../support/rejection.js';

function bytesOf(outputs: number, metrics: number): Uint8Array {
  const config = {
    name: 'm',
    layers: [
      { class_name: 'InputLayer', name: 'x', config: { name: 'x', batch_shape: [null, 4] }, inbound_nodes: [] },
      { class_name: 'ReLU', name: 'relu', config: { name: 'relu' }, inbound_nodes: [[['x', 0, 0, {}]]] },
    ],
    input_layers: [['x', 0, 0]],
    output_layers: Array(outputs).fill(['relu', 0, 0]),
  };
  const training_config = {
    optimizer_config: { class_name: 'SGD', config: {} },
    loss: 'mse',
    metrics: Array(metrics).fill('mae'),
  };
  const topology = { keras_version: '2.15.0', model_config: { class_name: 'Functional', config }, training_config };
  return new TextEncoder().encode(JSON.stringify({ modelTopology: topology, weightsManifest: [] }));
}

describe('files with many ends', () => {
  useBackend('cpu');

  it('more than 1000 inputs and outputs are refused', async () => {
    const error = await rejection(loadKerasModel(bytesOf(1000, 0)));
    expect(error).to.be.instanceOf(KerasFileError);
    expect(String(error)).to.include('1000 inputs and outputs at most; received tensors=1001');
  });

  it('a model of more than 1000 losses and metrics is not compiled', async () => {
    const warnings: string[] = [];
    const load = (metrics: number) => loadKerasModel(bytesOf(1, metrics), { onWarning: (text) => warnings.push(text) });
    for (const metrics of [2, 1000]) (await load(metrics)).dispose();
    expect(warnings).to.deep.equal(['the model is not compiled: it may have 1000 losses and metrics; received 1001']);
  });
});

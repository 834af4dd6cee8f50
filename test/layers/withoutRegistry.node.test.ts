// The entry `layers` before anything has used the registry of all classes, in a process of its own: layers within layers are
// given as layers, and what is given in serialized form says what to do.

import { execFileSync } from 'node:child_process';
import { expect } from 'chai';

const code = `
  import * as tf from '@tensorflow/tfjs';
  import * as layers from './src/layers.ts';
  const refused = (f) => { try { f(); return 'made'; } catch (error) { return error.name + ': ' + error.message; } };
  const conv = { filters: 2, kernelSize: 1 };
  const prelu = { class_name: 'PReLU', config: {} };
  const x = tf.input({ shape: [4, 4, 3] });
  const shapes = (layer) => layer.weights.map(({ shape }) => shape);
  const active = layers.conv2d({ ...conv, activation: layers.prelu() });
  active.apply(x);
  const steps = tf.input({ shape: [5, 3] });
  const cells = [layers.gruCell({ units: 2 }), layers.lstmCell({ units: 4 })];
  const both = layers.bidirectional({ layer: layers.rnn({ cell: cells, returnSequences: true }) });
  const each = layers.timeDistributed({ layer: layers.dense({ units: 2 }) });
  const output = each.apply(both.apply(steps));
  const found = {
    active: shapes(active),
    config: active.getKerasConfig().activation.class_name,
    both: both.computeOutputShape([null, 5, 3]),
    cells: both.forwardLayer.cell.cells.map((cell, i) => cell !== both.backwardLayer.cell.cells[i]),
    wrapped: each.getKerasConfig().layer.class_name,
    shape: output.shape,
    layer: refused(() => layers.timeDistributed({ layer: { class_name: 'Dense', config: { units: 2 } } })),
    activation: refused(() => layers.conv2d({ ...conv, activation: prelu })),
  };
  layers.installKerasLayers();
  found.afterwards = refused(() => layers.conv2d({ ...conv, activation: prelu }));
  console.log(JSON.stringify(found));`;

it('layers without the registry', () => {
  const args = ['--import', 'tsx/esm', '--input-type', 'module', '--eval', code];
  const lines = execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split('\n');
  const { layer, activation, ...others } = JSON.parse(lines.at(-1) ?? '');
  expect(others).to.deep.equal({
    active: [[1, 1, 3, 2], [2], [4, 4, 2]],
    config: 'PReLU',
    both: [null, 5, 8],
    cells: [true, true],
    wrapped: 'Dense',
    shape: [null, 5, 2],
    afterwards: 'made',
  });
  expect(layer).to.match(/^ValueError: .*'Dense'.*call installKerasLayers\(\)/);
  expect(activation).to.match(
    /^ValueError: Could not interpret activation function identifier.*installKerasLayers\(\)/,
  );
});

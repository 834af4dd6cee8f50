// Compares small models trained here and by real Keras (training.py): losses with regularization, weights after
// updates, constraints, frozen and shared layers, moving statistics, LoRA.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { KerasLayer, KerasLayerClass } from '../../../src/layers/base/kerasLayer.js';
import { assignUnconstrained } from '../../../src/layers/base/variables.js';
import { convLayers } from '../../../src/layers/conv/index.js';
import { normalizationLayers } from '../../../src/layers/normalization/index.js';
import { tableBackends, useBackend } from '../../support/backends.js';
import { expectNear, pattern } from '../../support/layers/testConvGoldens.js';
import rows from './training.json' with { type: 'json' };

interface Row {
  readonly title: string;
  readonly layers: readonly { readonly className: string; readonly args: object }[];
  readonly inputShape: number[];
  readonly shared: number;
  readonly losses: readonly number[];
  /** Per layer and weight, after training; none where only the first loss is known. */
  readonly weights: readonly (readonly number[][])[];
}

const classes: readonly KerasLayerClass[] = [...convLayers, ...normalizationLayers];
const rate = 0.05;

function makeLayer({ className, args }: Row['layers'][number]): KerasLayer {
  const cls = classes.find((cls) => cls.className === className) as KerasLayerClass;
  return new cls(args);
}

function setWeights(layer: KerasLayer): void {
  layer.variables.forEach((weight, k) => {
    const isSpread = /variance|stddev/.test(weight.originalName);
    const value = (v: number) => (isSpread ? Math.abs(v / 4) + 0.25 : v / 4);
    tf.tidy(() => assignUnconstrained(weight, pattern(weight.shape as number[], k + 1, value)));
  });
}

async function testRow({ layers, inputShape, shared, losses, weights }: Row): Promise<void> {
  const made = layers.map(makeLayer);
  const input = tf.input({ shape: inputShape.slice(1) });
  let output = input;
  for (const layer of made) for (let i = 0; i < shared; i++) output = layer.apply(output) as tf.SymbolicTensor;
  const flat = tf.layers.flatten().apply(output) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: flat });
  made.forEach(setWeights);
  const optimizer = tf.train.sgd(rate);
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const x = pattern(inputShape, 0);
  const y = pattern([inputShape[0], flat.shape[1] as number], 3);
  const fit = { batchSize: inputShape[0], epochs: losses.length, shuffle: false, verbose: 0 as const };
  const { history } = await model.fit(x, y, fit);
  (history.loss as number[]).forEach((loss, i) => {
    expect(loss, `loss ${i}`).to.be.closeTo(losses[i], 2e-5 * Math.abs(losses[i]));
  });
  weights.forEach((expected, i) => {
    const layer = made[i];
    layer.variables.forEach((weight, j) => {
      expectNear(weight.read(), expected[j], `${layer.name}: ${weight.originalName}`, 20);
    });
  });
  tf.dispose([x, y]);
  model.dispose();
  // A layer that was called twice keeps its weights: the model gives back one call only.
  if (shared > 1) for (const weight of made.flatMap((layer) => layer.weights)) weight.dispose();
  optimizer.dispose();
}

for (const backend of tableBackends) {
  describe(`models trained as by real Keras, ${backend}`, () => {
    useBackend(backend);
    for (const row of rows as unknown as Row[]) it(row.title, () => testRow(row));
  });
}

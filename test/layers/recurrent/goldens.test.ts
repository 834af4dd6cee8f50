// Compares recurrent layers with real Keras for the same inputs and weights. goldens.py writes the file.

import * as tf from '@tensorflow/tfjs';
import type { layers } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import type { KerasLayer, KerasLayerClass } from '../../../src/layers/base/kerasLayer.js';
import { recurrentLayers } from '../../../src/layers/recurrent/index.js';
import { installKerasLayers } from '../../../src/layers.js';
import rows from '../../fixtures/configs/layers.json' with { type: 'json' };
import { tableBackends, useBackend } from '../../support/backends.js';
import { type GradientCase, testGradients } from '../../support/layers/finiteDifferences.js';
import { type ConfigRow, expectConfig, testConfigs } from '../../support/layers/testConfigs.js';
import { expectNear, pattern } from '../../support/layers/testConvGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

interface Golden {
  readonly className: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly inputShape: number[];
  readonly hasMask: boolean;
  readonly states: number[][];
  readonly config: object;
  readonly symbolicShapes: (number | null)[][];
  readonly weights: number[][];
  readonly outputs: readonly { readonly shape: number[]; readonly values: number[] }[];
}

installKerasLayers(); // layers that hold others in serialized form look them up

testConfigs('recurrent', rows as unknown as ConfigRow[], recurrentLayers);

const mask = [
  [1, 1, 0, 1, 1],
  [0, 1, 1, 1, 0],
];

function make({ className, args }: Golden): KerasLayer {
  const cls = recurrentLayers.find((cls) => cls.className === className) as KerasLayerClass;
  return new cls(args);
}

/** Weights of a layer and of those in it, in Keras's order. */
function fill(layer: layers.Layer, shapes: number[][]): void {
  const { weights } = layer;
  expect(weights.map(({ shape }) => shape)).to.deep.equal(shapes);
  const values = shapes.map((shape, k) => tf.tidy(() => tf.div(pattern(shape, k + 1), 2)));
  layer.setWeights(values);
  tf.dispose(values);
}

function titleOf({ className, args, hasMask, states }: Golden): string {
  return `${className} ${JSON.stringify(args)}${hasMask ? ' with a mask' : ''}${states.length > 0 ? ' from states' : ''}`;
}

const table = goldens as unknown as Golden[];

describe('recurrent: configs as real Keras', () => {
  useBackend('cpu');
  for (const golden of table) {
    it(titleOf(golden), () => {
      const layer = make(golden);
      expectConfig(layer, golden.config, golden.args);
      const again = JSON.parse(JSON.stringify(layer.getConfig()));
      expectConfig(make({ ...golden, args: again }), golden.config, golden.args);
      const computed = layer.computeOutputShape([null, ...golden.inputShape.slice(1)]);
      const shapes = Array.isArray(computed[0]) ? computed : [computed];
      expect(shapes).to.deep.equal(golden.symbolicShapes);
    });
  }
});

for (const backend of tableBackends) {
  describe(`recurrent: outputs as real Keras, ${backend}`, () => {
    useBackend(backend);
    for (const golden of table) {
      it(titleOf(golden), () => {
        const layer = make(golden);
        layer.build(golden.inputShape);
        layer.built = true;
        fill(layer, golden.weights);
        tf.tidy(() => {
          const states = golden.states.map((shape, k) => pattern(shape, k + 20));
          const x = pattern(golden.inputShape, 0);
          const kwargs = golden.hasMask ? { mask: tf.tensor2d(mask, undefined, 'bool') } : {};
          const outputs = [layer.apply(states.length > 0 ? [x, ...states] : x, kwargs) as tf.Tensor].flat();
          expect(outputs.map(({ shape }) => shape)).to.deep.equal(golden.outputs.map(({ shape }) => shape));
          golden.outputs.forEach(({ values }, i) => {
            expectNear(outputs[i], values, `output ${i}`, 5);
          });
        });
        for (const weight of layer.weights) weight.dispose();
      });
    }
  });
}

const gradientCases: GradientCase[] = [
  { className: 'SimpleRNN', args: { units: 2 }, inputShape: [2, 3, 2] },
  { className: 'GRU', args: { units: 2, return_sequences: true }, inputShape: [2, 3, 2] },
  { className: 'GRU', args: { units: 2, reset_after: false }, inputShape: [2, 3, 2] },
  { className: 'LSTM', args: { units: 2, go_backwards: true }, inputShape: [2, 3, 2] },
  { className: 'ConvLSTM2D', args: { filters: 1, kernel_size: 2, padding: 'same' }, inputShape: [1, 2, 3, 3, 1] },
];
testGradients('recurrent', gradientCases, recurrentLayers);

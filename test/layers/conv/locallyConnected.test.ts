// LocallyConnected1D and LocallyConnected2D beside tf.keras: values, gradients, files (locallyConnected.py), and errors.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, saveKerasModel } from '../../../src/keras.js';
import { installKerasLayers } from '../../../src/layers/allLayers.js';
import {
  type LocallyConnected1D,
  type LocallyConnected2D,
  locallyConnected1d,
  locallyConnected2d,
  sequential,
} from '../../../src/layers.js';
import { onBackends } from '../../support/layers/expectClose.js';
import { expectNear } from '../../support/layers/testGoldens.js';
import goldens from './locallyConnected.json' with { type: 'json' };

interface Case {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly shape: number[];
  readonly kernelShape: number[];
  readonly y: { readonly shape: number[]; readonly values: number[] };
  readonly dx: number[];
  readonly dkernel: number[];
  readonly dbias: number[];
}

/** The numbers of the generator. */
function numbers(shape: readonly number[], step: number): tf.Tensor {
  const values = Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => {
    return Math.round(Math.cos(step * (i + 1)) * 1e4) / 1e4;
  });
  return tf.tensor(values, [...shape]);
}

const makers = { LocallyConnected1D: locallyConnected1d, LocallyConnected2D: locallyConnected2d };

function make({ name, arguments: given }: Case): LocallyConnected1D | LocallyConnected2D {
  const { kernel_size: kernelSize, strides, padding, data_format: dataFormat, implementation } = given;
  const args = { filters: 2, kernelSize, strides, padding, dataFormat, implementation, activation: 'tanh' };
  return makers[name as keyof typeof makers](args as never);
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

onBackends('locally connected layers', () => {
  for (const one of goldens.cases as unknown as readonly Case[]) {
    const { strides, ...others } = one.arguments;
    it(`${one.name} ${Object.values(others).join(' ')}, strides ${strides}: values and gradients`, () => {
      tf.tidy(() => {
        const layer = make(one);
        const x = numbers([2, ...one.shape], 0.7);
        layer.build(x.shape);
        expect(layer.kernel.shape).to.deep.equal(one.kernelShape);
        const bias = layer.bias as tf.Tensor;
        layer.setWeights([numbers(layer.kernel.shape, 0.9), numbers(bias.shape, 1.3)]);
        const y = layer.apply(x) as tf.Tensor;
        expect(y.shape).to.deep.equal(one.y.shape);
        expectNear(y, one.y.values, 'y');
        const loss = (input: tf.Tensor) => tf.sum(tf.mul(layer.apply(input) as tf.Tensor, numbers(y.shape, 1.1)));
        expectNear(tf.grad(loss)(x), one.dx, 'dx');
        const { grads } = tf.variableGrads(() => loss(x) as tf.Scalar);
        const [dkernel, dbias] = layer.trainableWeights.map((weight) => {
          return grads[(weight as unknown as { val: tf.Variable }).val.name];
        });
        expectNear(dkernel, one.dkernel, 'dkernel');
        expectNear(dbias, one.dbias, 'dbias');
        tf.dispose(layer.variables.map((weight) => weight.read()));
      });
    });
  }

  it('files of tf.keras, and the model.json of the model; Keras 3 has no such layers', async () => {
    const model = await loadKerasModel(bytesOf(goldens.file.base64));
    const x = numbers([2, 4, 3, 2], 0.7);
    const expectPredictions = (net: tf.LayersModel) => {
      tf.tidy(() => expectNear(net.predict(x) as tf.Tensor, goldens.file.y, 'predictions'));
    };
    expectPredictions(model);
    installKerasLayers();
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
    const again = await tf.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
    expectPredictions(again);
    const error = await saveKerasModel(model).catch((reason: Error) => reason);
    expect(String(error)).to.match(/Keras 3 has no layer of this class.*model\.json.*class=RandomHeight/);
    for (const net of [model, again]) net.dispose();
    x.dispose();
  });

  it('trains', async () => {
    const model = sequential({
      layers: [
        locallyConnected2d({ filters: 1, kernelSize: 2, implementation: 3, padding: 'same', inputShape: [3, 3, 1] }),
      ],
    });
    const optimizer = tf.train.sgd(1);
    model.compile({ optimizer, loss: 'meanSquaredError' });
    const [x, y] = [numbers([4, 3, 3, 1], 0.7), numbers([4, 3, 3, 1], 0.3)];
    const { history } = await model.fit(x, y, { epochs: 8, verbose: 0 });
    expect(history.loss.at(-1)).to.be.below(0.9 * (history.loss[0] as number));
    tf.dispose([x, y]);
    optimizer.dispose();
    model.dispose();
  });
});

describe('arguments of locally connected layers', () => {
  const size = { filters: 2, kernelSize: 3 };
  for (const [what, wrong, message] of [
    ['a padding that implementation 1 has not', () => locallyConnected2d({ ...size, padding: 'same' }), /padding=same/],
    ['an unknown implementation', () => locallyConnected1d({ ...size, implementation: 4 }), /1, 2 or 3\. Received: 4/],
    ['sizes that are not known', () => locallyConnected2d(size).build([null, null, 5, 1]), /\(None, None, 5, 1\)/],
    ['an input that is too small', () => locallyConnected1d(size).build([null, 2, 1]), /negative|<= 0|non-positive/i],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(wrong).to.throw(message);
    });
  }

  it('refuses inputs of another size than the first', () => {
    tf.tidy(() => {
      const layer = locallyConnected1d(size);
      layer.build([null, 5, 1]);
      expect(() => layer.apply(tf.zeros([1, 6, 1]))).to.throw(/inputs of size \(5,?\)|\[5\]/);
      tf.dispose(layer.variables.map((weight) => weight.read()));
    });
  });
});

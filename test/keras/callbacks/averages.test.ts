// Averages of the weights in fit(), beside real Keras: while it validates, at its end, and what callbacks find there.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { stopGradient } from '../../../src/layers/ops/creationOps.js';
import { SGD } from '../../../src/layers/optimizers/gradientDescent.js';
import { LossScaleOptimizer } from '../../../src/layers/optimizers/lossScale.js';
import { dense, model as functional, input, sequential } from '../../../src/layers.js';
import { Callback, EarlyStopping, SwapEMAWeights } from '../../../src/training.js';
import { modelBackends, useBackend } from '../../support/backends.js';
import goldens from './averages.json' with { type: 'json' };

const xs = [
  [1, 2],
  [3, -1],
  [0.5, 1],
  [-2, 1],
  [1, 1],
  [2, 0],
];
const ys = [[1], [2], [0], [-1], [3], [0.5]];
const ema = { learningRate: 0.1, useEma: true, emaMomentum: 0.8 };

const weightsOf = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => [...weight.dataSync()]);

/** Notes the weights at the end of each epoch. */
class Watch extends Callback {
  readonly seen: number[][] = [];
  override async onEpochEnd(): Promise<void> {
    this.seen.push(weightsOf(this.trained));
  }
}

async function train(callbacks: Callback[], optimizer: tf.Optimizer) {
  const model = sequential({ layers: [dense({ units: 1, kernelInitializer: 'ones', inputShape: [2] })] });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  const data = [xs.slice(0, 4), ys.slice(0, 4), xs.slice(4), ys.slice(4)].map((rows) => tf.tensor2d(rows));
  const [x, y, valX, valY] = data;
  const watch = new Watch();
  const options = { batchSize: 2, epochs: 3, shuffle: false, verbose: 0, validationData: [valX, valY] } as const;
  try {
    const all = { ...options, callbacks: [...callbacks, watch] } as unknown as tf.ModelFitArgs;
    const { history } = await model.fit(x, y, all);
    return { valLosses: history.val_loss as number[], atEpochEnds: watch.seen, weights: weightsOf(model) };
  } finally {
    tf.dispose(data);
    optimizer.dispose();
    model.dispose();
  }
}

function expectClose(found: readonly number[], wanted: readonly number[], title: string): void {
  expect(found.length, title).to.equal(wanted.length);
  wanted.forEach((value, i) => {
    expect(found[i], `${title}, value ${i}`).to.be.closeTo(value, 1e-5 * Math.max(1, Math.abs(value)));
  });
}

const made: Record<keyof typeof goldens, () => Callback[]> = {
  none: () => [],
  SwapEMAWeights: () => [new SwapEMAWeights()],
  'SwapEMAWeights, loss scale': () => [new SwapEMAWeights()],
  'SwapEMAWeights, swapOnEpoch': () => [new SwapEMAWeights({ swapOnEpoch: true })],
  EarlyStopping: () => [new EarlyStopping({ monitor: 'val_loss', patience: 3, mode: 'max', restoreBestWeights: true })],
};

for (const backend of modelBackends) {
  describe(`averages of the weights in fit(), on ${backend}`, () => {
    useBackend(backend);

    for (const [name, callbacks] of Object.entries(made)) {
      it(`${name}, as in Keras`, async () => {
        const golden = goldens[name as keyof typeof goldens];
        const sgd = new SGD(ema);
        const found = await train(callbacks(), name.endsWith('loss scale') ? new LossScaleOptimizer(sgd) : sgd);
        expectClose(found.valLosses, golden.valLosses, 'losses of the validation');
        expectClose(found.atEpochEnds.flat(), golden.atEpochEnds.flat(), 'weights after epochs');
        expectClose(found.weights, golden.weights, 'weights at the end');
      });
    }

    it('SwapEMAWeights keeps the averages where a callback stops the training', async () => {
      class Stop extends Callback {
        override async onEpochEnd(epoch: number): Promise<void> {
          if (epoch === 1) (this.trained as { stopTraining: boolean }).stopTraining = true;
        }
      }
      const { atEpochEnds, weights } = await train(
        [new SwapEMAWeights({ swapOnEpoch: true }), new Stop()],
        new SGD(ema),
      );
      expect(atEpochEnds.length).to.equal(2);
      expect(weights).to.deep.equal(atEpochEnds[1]);
      expectClose(weights, goldens['SwapEMAWeights, swapOnEpoch'].atEpochEnds[1], 'averages of the second epoch');
    });

    it('refuses SwapEMAWeights where there are no averages', async () => {
      const options = [new SGD(), tf.train.sgd(0.1)];
      const texts = await Promise.all(
        options.map((optimizer) => train([new SwapEMAWeights()], optimizer).catch(({ message }) => message)),
      );
      expect(texts[0]).to.match(/must keep averages.*use_ema=false/);
      expect(texts[1]).to.match(/must be one with useEma.*SGDOptimizer/);
    });

    it('leaves variables alone that have no gradient', async () => {
      const x = input({ shape: [2] });
      const frozen = dense({ units: 2, kernelInitializer: 'ones', name: 'unmoved' }).apply(x) as tf.SymbolicTensor;
      const model = functional({
        inputs: x,
        outputs: dense({ units: 1 }).apply(new WithoutGradient({}).apply(frozen)) as tf.SymbolicTensor,
      });
      model.compile({ optimizer: new SGD(ema), loss: 'meanSquaredError' });
      const [batch, target] = [tf.tensor2d(xs), tf.tensor2d(ys)];
      await model.fit(batch, target, { epochs: 2, verbose: 0 });
      expect(model.getLayer('unmoved').getWeights()[0].arraySync()).to.deep.equal([
        [1, 1],
        [1, 1],
      ]);
      tf.dispose([batch, target]);
      model.optimizer.dispose();
      model.dispose();
    });
  });
}

class WithoutGradient extends tf.layers.Layer {
  static className = 'WithoutGradient';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => stopGradient([inputs].flat()[0]));
  }
  override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return shape;
  }
}

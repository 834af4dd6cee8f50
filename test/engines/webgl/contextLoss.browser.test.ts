// A context that the browser takes away: before, during and after predictions, training, loading and warm-up, in every mode
// of CONVNET_ON_LOSS. Right values or an error, never zeros, and right values again within a second.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { backendInfo, capture, registerConvnet, warmup } from '../../../src/index.js';
import { captureWarnings } from '../../support/warnings.js';
import { heard, lose, loseAndRestore, nextTask } from '../../support/webgl/loseContext.js';
import { expectSame, inTiles, valuesIn, webgl } from '../../support/webgl/opTable/operands.js';
import { removeWithContext } from '../../support/webgl/ownContexts.js';

const name = 'convnet-losing';
const lost = /^convnet: the WebGL context was lost/;
const inputs = valuesIn([2, 10, 10, 3], 1);
const input = () => tf.tensor4d(inputs, [2, 10, 10, 3]);
const labels = () => tf.tensor2d(valuesIn([2, 4], 2), [2, 4]);

/** A network with tiled layers and with kernels of TensorFlow.js, whose weights follow from seeds. */
function makeModel(): tf.Sequential {
  const { conv2d, depthwiseConv2d, batchNormalization, maxPooling2d, flatten, dense } = tf.layers;
  const model = tf.sequential({
    layers: [
      conv2d({ inputShape: [10, 10, 3], filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' }),
      depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
      batchNormalization(),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 4, activation: 'softsign' }),
    ],
  });
  const weights = model.getWeights().map(({ shape }, i) => tf.tensor(valuesIn(shape, i, [0.1, 0.5]), shape));
  model.setWeights(weights);
  tf.dispose(weights);
  return model;
}

const predict = (model: tf.LayersModel) =>
  tf.tidy(() => (model.predict(input()) as tf.Tensor).dataSync() as Float32Array);
const compile = (model: tf.LayersModel) => model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });

async function train(model: tf.LayersModel, epochs = 3): Promise<void> {
  const [x, y] = [input(), labels()];
  try {
    await model.fit(x, y, { epochs, verbose: 0, yieldEvery: 'batch' });
  } finally {
    tf.dispose([x, y]);
  }
}

function messageOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (error) {
    return (error as Error).message;
  }
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );

describe('WebGL2: a lost context', () => {
  const flags = ['CONVNET_ON_LOSS', 'CONVNET_SNAPSHOT_STEPS'] as const;
  const defaults = flags.map((flag) => [flag, tf.env().get(flag)] as const);
  let model: tf.Sequential;
  let expected: Float32Array;
  let tensors: number;
  let compileMs: number;

  before(async () => {
    const own = 'convnet-compiling';
    registerConvnet(own, { canvas: new OffscreenCanvas(1, 1) });
    await tf.setBackend(own);
    const first = makeModel();
    const start = performance.now();
    predict(first);
    compileMs = performance.now() - start;
    first.dispose();
    await tf.setBackend('cpu');
    removeWithContext(own);
  });

  beforeEach(async () => {
    await tf.setBackend('cpu');
    tensors = tf.memory().numTensors;
    model = makeModel();
    expected = predict(model);
    registerConvnet(name, { canvas: new OffscreenCanvas(1, 1) });
    expect(await tf.setBackend(name)).to.equal(true);
  });
  afterEach(async () => {
    for (const [flag, value] of defaults) tf.env().set(flag, value);
    model.dispose();
    const { optimizer } = model;
    optimizer?.dispose(); // its scalars are TensorFlow.js's to lose
    if (!optimizer) expect(tf.memory().numTensors, 'tensors').to.equal(tensors);
    const { gl2 } = webgl();
    expect(gl2.isContextLost() || gl2.getError() === gl2.NO_ERROR, 'no GL error').to.equal(true);
    await tf.setBackend('cpu');
    removeWithContext(name);
  });

  /** The model predicts as before, within a second beside the time in which this machine compiles its programs. */
  function expectRight(when: string): void {
    const start = performance.now();
    expectSame(when, predict(model), expected, 1e-4);
    expect(performance.now() - start, 'ms').to.be.below(1000 + 3 * compileMs);
  }

  it('before the first prediction', async () => {
    await loseAndRestore();
    expectRight('first');
    expect(backendInfo(name).features.context).to.equal('alive, restored 1 times');
  });

  it('of a captured model: an error that says how to go on, then it is recorded anew', async () => {
    const x = input();
    const captured = capture(model, x);
    const values = () => [...(captured.predictValues(inputs) as Float32Array)];
    for (let i = 0; i < 2; i++) {
      expect(values()).to.deep.equal([...predict(model)]);
      const { restore } = await lose();
      expect(messageOf(values)).to.match(/^convnet: the WebGL context was lost.*it comes back by itself/);
      await restore();
    }
    expect(values()).to.deep.equal([...predict(model)]);
    expectRight('uncaptured');
    tf.env().set('CONVNET_ON_LOSS', 'cpu');
    await lose();
    expect(messageOf(values)).to.match(
      /^capture: the WebGL context was lost and the CPU computes; call the model itself/,
    );
    captured.dispose();
    x.dispose();
  });

  it('during a prediction: it rejects, the next one is right', async () => {
    expectRight('before');
    const y = tf.tidy(() => model.predict(input()) as tf.Tensor);
    const reading = rejection(y.data());
    const { restore } = await lose();
    expect(await reading).to.match(lost);
    expect(messageOf(() => predict(model))).to.match(/it comes back by itself/);
    await restore();
    expectRight('afterwards');
    y.dispose();
  });

  it('after a prediction: what was not read is lost, what was read stays', async () => {
    const x = input();
    const [unread, read, tiled] = [
      model.predict(x) as tf.Tensor,
      model.predict(x) as tf.Tensor,
      inTiles(inputs, [2, 10, 10, 3]),
    ];
    expectSame('read', read.dataSync(), expected, 1e-4);
    const slice = tf.tidy(() => tf.slice(tf.tensor4d(inputs, [2, 10, 10, 3]), [1, 0, 0, 0], [1, 10, 10, 3]));
    await loseAndRestore();
    for (const gone of [unread, tiled]) {
      expect(messageOf(() => gone.dataSync())).to.match(/values were on the GPU alone; received shape=\[/);
      expect(await rejection(gone.data())).to.match(/values were on the GPU alone/);
      expect(messageOf(() => tf.tidy(() => tf.add(gone, 1).dataSync()))).to.match(/values were on the GPU alone/);
      expect(messageOf(() => tf.tidy(() => tf.neg(gone).dataSync()))).to.match(/values were on the GPU alone/);
    }
    expectSame('read', read.dataSync(), expected, 1e-4);
    expectSame(
      'used',
      tf.tidy(() => tf.neg(read).dataSync()),
      expected.map((value) => -value),
      1e-4,
    );
    expectSame('a slice', slice.dataSync(), inputs.slice(300));
    expectSame('x', x.dataSync(), inputs);
    expectRight('afterwards');
    tf.dispose([x, unread, read, tiled, slice]);
  });

  it('before training', async () => {
    compile(model);
    predict(model);
    await loseAndRestore();
    await train(model);
    expect(messageOf(() => expectSame('changed', predict(model), expected, 1e-4))).to.match(/must be/);
  });

  it('during training: it rejects; with snapshots the model goes on from the latest', async () => {
    tf.env().set('CONVNET_SNAPSHOT_STEPS', 1);
    compile(model);
    await train(model, 2);
    await nextTask();
    const training = rejection(train(model, 1000));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const warnings = await captureWarnings(loseAndRestore);
    expect(await training).to.match(lost);
    expect(warnings.join()).to.match(/variables are those of training step \d+/);
    for (const value of predict(model))
      expect(value).to.satisfy((value: number) => Number.isFinite(value) && value !== 0);
    await train(model, 2);
  });

  it('after training: weights are an error, never zeros', async () => {
    compile(model);
    await train(model);
    await loseAndRestore();
    expect(messageOf(() => model.getWeights()[0].dataSync())).to.match(/kept with CONVNET_SNAPSHOT_STEPS/);
    expect(messageOf(() => predict(model))).to.match(lost);
  });

  it('after training, with snapshots: the weights of the latest one', async () => {
    tf.env().set('CONVNET_SNAPSHOT_STEPS', 1);
    compile(model);
    await train(model);
    await Promise.all(model.getWeights().map((weight) => weight.data()));
    const trained = predict(model);
    await new Promise((resolve) => setTimeout(resolve, 1500)); // the snapshot is read meanwhile
    const warnings = await captureWarnings(loseAndRestore);
    expect(warnings).to.have.length(1);
    expectSame('trained', predict(model), trained, 1e-4);
  });

  it('while a model is loaded', async () => {
    const artifacts = await new Promise<tf.io.ModelArtifacts>((resolve) => {
      void model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          resolve(artifacts);
          return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
        }),
      );
    });
    const loading = tf.loadLayersModel(tf.io.fromMemory(artifacts));
    const { restore } = await lose();
    const loaded = await loading;
    await restore();
    expectSame('loaded', predict(loaded), expected, 1e-4);
    loaded.dispose();
  });

  it('during a warm-up: it rejects, the next one is right', async () => {
    const warming = rejection(warmup(model));
    const { restore } = await lose();
    expect(await warming).to.match(lost);
    await restore();
    await warmup(model);
    expectRight('afterwards');
  });

  it('twice in a row', async () => {
    for (let i = 1; i <= 3; i++) {
      expectRight(`before loss ${i}`);
      await loseAndRestore();
      expect(backendInfo(name).features.context).to.equal(`alive, restored ${i} times`);
    }
    expectRight('at last');
  });

  it('nothing grows', async () => {
    predict(model);
    await loseAndRestore();
    predict(model);
    const state = () => {
      const { numBytesInGPU, numBytesInGPUAllocated } = tf.memory() as tf.MemoryInfo & Record<string, number>;
      return { numBytesInGPU, numBytesInGPUAllocated, dataIds: webgl().numDataIds() };
    };
    const before = state();
    await loseAndRestore();
    predict(model);
    expect(state()).to.deep.equal(before);
  });

  it('with CONVNET_ON_LOSS=cpu the CPU engine goes on at once', async () => {
    tf.env().set('CONVNET_ON_LOSS', 'cpu');
    expectRight('before');
    const y = tf.tidy(() => model.predict(input()) as tf.Tensor);
    const reading = rejection(y.data());
    const x = input();
    const extension = webgl().gl2.getExtension('WEBGL_lose_context') as WEBGL_lose_context;
    const isLost = heard('webglcontextlost');
    extension.loseContext();
    expectRight('before the event');
    await isLost;
    expect(await reading).to.match(/the CPU goes on/);
    expectRight('afterwards');
    expect(messageOf(() => y.dataSync())).to.match(/values were on the GPU alone/);
    const negated = tf.neg(x);
    expectSame('asynchronously', await negated.data().then((values) => values.map((value) => -value)), inputs);
    negated.dispose();
    expect(backendInfo(name).features.context).to.equal('lost, the CPU computes');
    compile(model);
    await train(model);
    tf.dispose([x, y]);
  });

  it('with CONVNET_ON_LOSS=error every use is an error', async () => {
    tf.env().set('CONVNET_ON_LOSS', 'error');
    expectRight('before');
    const x = input();
    await lose(); // the browser does not give it back: nobody has asked for it
    expect(messageOf(() => predict(model))).to.match(/tf\.removeBackend\(name\)/);
    expectSame('x', x.dataSync(), inputs);
    x.dispose();
  });
});

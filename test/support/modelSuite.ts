// Real networks with real weights, on one of our backends beside the official `cpu`.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { HeapInfo } from '../../src/engines/cpu/backend.js';
import { opKernels } from '../../src/engines/cpu/ops/index.js';
import { capture } from '../../src/index.js';
import { ownBackends } from './backends.js';
import { expectSame } from './captured.js';
import { esrganX2, nsfwMobilenetV2, nsfwMobilenetV2Mid, type ReadFile } from './models/index.js';
import { randomValues } from './randomCases.js';

interface RealModel {
  readonly name: string;
  readonly load: (readFile: ReadFile) => Promise<{ predict(x: tf.Tensor): unknown; dispose(): void }>;
  readonly inputShape: [number, number, number, number];
  /** The input is random in [0, scale). */
  readonly scale: number;
}

const models: readonly RealModel[] = [
  { name: 'ESRGAN slim x2', load: esrganX2, inputShape: [1, 24, 20, 3], scale: 255 },
  { name: 'MobileNetV2, layers model', load: nsfwMobilenetV2, inputShape: [1, 224, 224, 3], scale: 1 },
  { name: 'MobileNetV2 (larger), graph model', load: nsfwMobilenetV2Mid, inputShape: [1, 224, 224, 3], scale: 1 },
];

const predictions = 50;

export function modelSuite(readFile: ReadFile): void {
  for (const model of models) {
    describe(model.name, () => {
      let expected: Float32Array;
      before(async () => {
        await tf.setBackend('cpu');
        const network = await model.load(readFile);
        expected = predict(network, model);
        network.dispose();
      });
      for (const backend of ownBackends)
        describe(backend, () => sameAndNoLeak(backend, model, readFile, () => expected));
    });
  }
}

function sameAndNoLeak(backend: string, model: RealModel, readFile: ReadFile, expected: () => Float32Array): void {
  let network: Awaited<ReturnType<RealModel['load']>>;
  let tensorsBefore: number;
  before(async () => {
    await tf.setBackend(backend);
    tensorsBefore = tf.memory().numTensors;
    network = await model.load(readFile);
  });
  after(() => {
    network.dispose();
    expect(tf.memory().numTensors, 'tensors left by the model').to.equal(tensorsBefore);
  });

  it('captured, replays what it predicts, bit by bit', () => sameCaptured(network, model));

  it('predicts what cpu predicts, to 1e-4 of the largest output', () => {
    const actual = predict(network, model);
    const largest = expected().reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    expect(largest).to.be.greaterThan(0);
    expect(actual.length).to.equal(expected().length);
    const error = actual.reduce((max, v, i) => Math.max(max, Math.abs(v - expected()[i])), 0);
    expect(error / largest).to.be.at.most(1e-4);
  });

  if (backend === 'convnet-cpu') {
    it('runs on kernels of our own, and on official kernels that only hand data on', async () => {
      const own = new Set(opKernels.map(({ kernelName }) => kernelName));
      const { kernelNames } = await tf.profile(() => {
        predict(network, model);
      });
      // An operation with a gradient of its own shows as 'unnamed scope' around the kernels that it runs.
      const inherited = kernelNames.filter(
        (name) => !own.has(name) && !/__op$|Conv|Identity|Reshape|ExpandDims|unnamed scope/.test(name),
      );
      expect(inherited).to.deep.equal([]);
    });
  }

  it(`${predictions} predictions leave no tensor, no texture and no byte of the heap behind`, () => {
    for (let i = 0; i < 2; i++) predict(network, model); // the second keeps what it has packed of the weights
    const before = resources();
    for (let i = 0; i < predictions; i++) predict(network, model);
    expect(resources()).to.deep.equal(before);
  });
}

function sameCaptured(network: Awaited<ReturnType<RealModel['load']>>, { inputShape, scale }: RealModel): void {
  const size = tf.util.sizeFromShape(inputShape);
  const [first, second] = [21, 22].map((seed) => {
    return tf.tensor(
      randomValues(size, seed).map((v) => Math.abs(v) * scale),
      inputShape,
    );
  });
  const captured = capture(network, first);
  try {
    expect(captured.info.javascript).to.deep.equal([]);
    for (const x of [second, first]) expectSame(captured, (input: tf.Tensor) => network.predict(input) as tf.Tensor, x);
  } finally {
    captured.dispose();
    tf.dispose([first, second]);
  }
}

function predict(network: { predict(x: tf.Tensor): unknown }, { inputShape, scale }: RealModel): Float32Array {
  return tf.tidy(() => {
    const size = inputShape.reduce((a, b) => a * b);
    const values = randomValues(size, 7).map((v) => ((v + 1) / 2) * scale);
    return (network.predict(tf.tensor4d(values, inputShape)) as tf.Tensor).dataSync() as unknown as tf.TensorContainer;
  }) as unknown as Float32Array;
}

/** What a prediction must give back. */
function resources() {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  const backend = tf.backend() as tf.KernelBackend & { getTextureManager?(): TextureCounts };
  const textures = backend.getTextureManager?.();
  return {
    numTensors,
    numDataBuffers,
    numBytes,
    bytesInHeap: (tf.memory() as Partial<HeapInfo>).numBytesInHeap,
    bytesOfHeap: (tf.memory() as Partial<HeapInfo>).numBytesInHeapAllocated,
    dataIds: backend.numDataIds(),
    usedTextures: textures?.getNumUsedTextures(),
    allTextures: textures && textures.getNumUsedTextures() + textures.getNumFreeTextures(),
  };
}

interface TextureCounts {
  getNumUsedTextures(): number;
  getNumFreeTextures(): number;
}

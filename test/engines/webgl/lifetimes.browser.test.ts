// Tensors that move between backends, are cloned, reshaped, cast, read, kept and disposed of in random orders: their
// values stay, and nothing is left behind.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../../src/engines/webgl/backend.js';
import { random } from '../../support/randomCases.js';

const names = ['convnet-webgl', 'convnet-cpu', 'cpu'] as const;
const shapes = [[2, 3, 4, 5], [1, 7, 6, 4], [6, 20], [120], [4, 30], [2, 2, 2, 3, 5], []] as const;

interface Held {
  readonly tensor: tf.Tensor;
  readonly expected: readonly number[];
}

type Draw = (count: number) => number;

/** What may happen to a tensor; returns what is new. */
const steps: Record<string, (one: Held, draw: Draw, reads: Promise<void>[]) => Held[]> = {
  clone: ({ tensor, expected }) => [{ tensor: tensor.clone(), expected }],
  reshape: ({ tensor, expected }, draw) => {
    const fitting = shapes.filter((shape) => tf.util.sizeFromShape([...shape]) === tensor.size);
    const shape = fitting[draw(fitting.length)] ?? tensor.shape;
    return [{ tensor: tensor.reshape([...shape]), expected }];
  },
  toInt: ({ tensor, expected }) => [{ tensor: tensor.toInt(), expected: expected.map(Math.trunc) }],
  toFloat: ({ tensor, expected }) => [{ tensor: tensor.toFloat(), expected }],
  relu: ({ tensor, expected }) => [{ tensor: tensor.relu(), expected: expected.map((x) => Math.max(x, 0)) }],
  convolve: ({ tensor, expected }) => {
    if (tensor.rank !== 4 || tensor.dtype !== 'float32') return [];
    const depth = tensor.shape[3] as number;
    const y = tf.tidy(() =>
      tf.depthwiseConv2d(tensor as tf.Tensor4D, tf.fill([1, 1, depth, 1], 2) as never, 1, 'same'),
    );
    return [{ tensor: y, expected: expected.map((x) => 2 * x) }];
  },
  half: ({ tensor, expected }) => {
    if (tensor.rank !== 4) return [];
    const half = tensor.slice([0, 0, 0, 0], [1, ...tensor.shape.slice(1)]);
    return [{ tensor: half, expected: expected.slice(0, half.size) }];
  },
  sum: ({ tensor, expected }) => {
    const y = tf.tidy(() => tf.add(tensor, tensor));
    return [{ tensor: y, expected: expected.map((x) => x + x) }];
  },
  variable: ({ tensor, expected }) => [{ tensor: tf.variable(tensor), expected }],
  keep: ({ tensor, expected }) => [{ tensor: tf.tidy(() => tf.keep(tensor.neg())), expected: expected.map((x) => -x) }],
  readSync: (one) => {
    expectValues(one.tensor.dataSync(), one);
    return [];
  },
  read: (one, _draw, reads) => {
    reads.push(one.tensor.data().then((values) => expectValues(values, one)));
    return [];
  },
  readToGpu: ({ tensor }) => {
    const isOnGpu =
      ['convnet-webgl', 'webgl'].includes(tf.getBackend()) && tensor.dtype === 'float32' && tensor.size > 0;
    const data = isOnGpu && onGpu(tensor);
    if (data) data.tensorRef.dispose();
    return [];
  },
  readAndDispose: ({ tensor, expected }, _draw, reads) => {
    const another = tensor.clone();
    reads.push(another.data().then((values) => expectValues(values, { expected })));
    another.dispose();
    return [];
  },
};

/** TensorFlow.js refuses where the values are on the CPU. */
function onGpu(tensor: tf.Tensor): tf.GPUData | undefined {
  try {
    return tensor.dataToGPU();
  } catch (error) {
    expect((error as Error).message).to.match(/not on GPU|no data on GPU|on CPU|not yet implemented/);
    return undefined;
  }
}

function expectValues(values: ArrayLike<number>, { expected }: Pick<Held, 'expected'>): void {
  expect(values.length).to.equal(expected.length);
  const at = expected.findIndex((value, i) => values[i] !== Math.fround(value));
  if (at >= 0) expect.fail(`value ${at} must be ${expected[at]}; received ${values[at]}`);
}

async function live(seed: number): Promise<void> {
  const next = random(seed);
  const draw = (count: number) => Math.floor(((next() + 1) / 2) * count);
  const held: Held[] = [];
  const reads: Promise<void>[] = [];
  const log: string[] = [];
  const before = tf.memory().numTensors;
  try {
    for (let i = 0; i < 40; i++) {
      const action = draw(10);
      if (held.length === 0 || action === 0) {
        const shape = [...shapes[draw(shapes.length)]];
        const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, at) => at - 7);
        held.push({ tensor: tf.tensor(values, shape), expected: [...values] });
        log.push(`new [${shape}]`);
      } else if (action === 1) {
        const name = names[draw(names.length)];
        await tf.setBackend(name);
        log.push(name);
      } else if (action === 2) {
        const [gone] = held.splice(draw(held.length), 1);
        gone.tensor.dispose();
        log.push('dispose');
      } else if (action === 3 && draw(3) === 0) {
        await Promise.all(reads.splice(0));
        log.push('await');
      } else {
        const keys = Object.keys(steps);
        const key = keys[draw(keys.length)];
        const at = draw(held.length);
        log.push(`${key} ${at} [${held[at].tensor.shape}] ${held[at].tensor.dtype}`);
        held.push(...steps[key](held[at], draw, reads));
      }
    }
    await Promise.all(reads);
    for (const one of held) expectValues(one.tensor.dataSync(), one);
  } catch (error) {
    (error as Error).message += `\nseed ${seed}: ${log.join(', ')}`;
    throw error;
  } finally {
    await Promise.allSettled(reads);
    for (const { tensor } of held) tensor.dispose();
  }
  expect(tf.memory().numTensors, `seed ${seed}: ${log.join(', ')}`).to.equal(before);
}

describe('WebGL2: tensors that live on several backends', () => {
  after(() => tf.setBackend('cpu'));

  for (let block = 0; block < 4; block++) {
    it(`keep their values in any order of steps, ${block}`, async function () {
      this.timeout(120_000);
      await tf.setBackend('convnet-webgl');
      const backend = tf.backend() as WebglBackend;
      const { tensors } = backend;
      const bytes = () => backend.memory().numBytesInGPU;
      expect([tensors.matrices.zeros(), tensors.matrices.identity()]).to.have.length(2); // which stay
      await live(1000 * block);
      const before = bytes();
      for (let seed = 1000 * block + 1; seed < 1000 * block + 25; seed++) await live(seed);
      expect(bytes(), 'bytes of textures').to.equal(before);
    });
  }
});

// Memory of networks on large pictures: the heap is at most 1.25 times what is in use at the peak. The networks are real,
// and take and give memory as always, but their launches are left out, so that bytes can be counted at sizes that take
// minutes to compute. Pages that nobody touches take no memory of the machine.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { readNodeModule } from '../../../../examples/upscale/nodeFiles.js';
import { registerConvnetCpu } from '../../../../src/backend/cpu.js';
import type { CpuBackend } from '../../../../src/engines/cpu/backend.js';
import { esrganX2, nsfwMobilenetV2 } from '../../../support/models/index.js';

const MB = 2 ** 20;
const bound = 1.25;

type Net = tf.LayersModel;

/** A U-Net: its shortcuts live long, and the tensors between them have many sizes. */
function unet(): Net {
  const { conv2d, conv2dTranspose, concatenate, maxPooling2d, reLU } = tf.layers;
  const kernelInitializer = 'zeros';
  const conv = (x: tf.SymbolicTensor, filters: number) => {
    const y = conv2d({ filters, kernelSize: 3, padding: 'same', kernelInitializer }).apply(x);
    return reLU({}).apply(y) as tf.SymbolicTensor;
  };
  const input = tf.input({ shape: [null, null, 3] });
  const shortcuts: tf.SymbolicTensor[] = [];
  let x = input;
  for (const filters of [32, 64, 128]) {
    x = conv(conv(x, filters), filters);
    shortcuts.push(x);
    x = maxPooling2d({ poolSize: 2 }).apply(x) as tf.SymbolicTensor;
  }
  for (const filters of [128, 64, 32]) {
    const up = conv2dTranspose({ filters, kernelSize: 2, strides: 2, kernelInitializer }).apply(x);
    const both = [shortcuts.pop() as tf.SymbolicTensor, up as tf.SymbolicTensor];
    x = conv(concatenate().apply(both) as tf.SymbolicTensor, filters);
  }
  return tf.model({ inputs: input, outputs: x });
}

/** A dense block: each concatenation lives as long as the one after it. */
function dense(): Net {
  const { conv2d, concatenate } = tf.layers;
  const kernelInitializer = 'zeros';
  const input = tf.input({ shape: [null, null, 3] });
  let x = conv2d({ filters: 64, kernelSize: 3, padding: 'same', kernelInitializer }).apply(input) as tf.SymbolicTensor;
  for (let i = 0; i < 8; i++) {
    const y = conv2d({ filters: 32, kernelSize: 3, padding: 'same', kernelInitializer }).apply(x) as tf.SymbolicTensor;
    x = concatenate().apply([x, y]) as tf.SymbolicTensor;
  }
  return tf.model({ inputs: input, outputs: x });
}

const cases: readonly { readonly name: string; readonly load: () => Promise<Net>; readonly shapes: number[][] }[] = [
  {
    name: 'ESRGAN slim x2, 512 to 1536',
    load: () => esrganX2(readNodeModule),
    shapes: [[512], [1024], [1536]].map(square),
  },
  {
    name: 'ESRGAN slim x2, other shapes',
    load: () => esrganX2(readNodeModule),
    shapes: [[720, 1280], [600, 500], [1024]].map(square),
  },
  { name: 'MobileNetV2, 32 pictures', load: () => nsfwMobilenetV2(readNodeModule), shapes: [[32, 224, 224, 3]] },
  { name: 'a U-Net', load: async () => unet(), shapes: [[512], [640, 480], [768]].map(square) },
  { name: 'a dense block', load: async () => dense(), shapes: [[512], [768, 512]].map(square) },
];

function square([height, width = height]: readonly number[]): number[] {
  return [1, height, width, 3];
}

describe('memory of large pictures', function () {
  this.timeout(120_000);

  for (const [i, { name, load, shapes }] of cases.entries()) {
    it(`${name}: the heap is at most ${bound} of the live peak`, () =>
      onBackend(`large${i}`, {}, async (backend) => {
        const { device } = backend;
        if (!device) throw new Error('no device');
        device.launch = () => {};
        const network = await load();
        for (const shape of shapes) {
          for (let run = 0; run < 3; run++) {
            tf.tidy(() => void network.predict(tf.zeros(shape)));
            const { peakBytes, totalBytes } = device.heap;
            expect(peakBytes, `${shape}`).to.be.greaterThan(64 * MB);
            expect(totalBytes / peakBytes, `${shape}, run ${run}, ${totalBytes} of ${peakBytes}`).to.be.at.most(bound);
          }
        }
        network.dispose();
      }));
  }

  it('predicts the same values when blocks have been moved', async () => {
    const x = tf.tidy(() => tf.randomUniform([1, 160, 144, 3], 0, 255, 'float32', 3).arraySync()) as number[][][][];
    const outputs: Float32Array[] = [];
    for (const moves of [false, true]) {
      await onBackend(`moved${moves}`, { threads: 1 }, async (backend) => {
        const network = await esrganX2(readNodeModule);
        const allocator = (backend.device as unknown as { heap: { allocator: Moving; move: unknown } }).heap;
        for (let run = 0; run < 3; run++) {
          const y = tf.tidy(() => network.predict(tf.tensor4d(x)) as tf.Tensor);
          outputs.push(y.dataSync() as Float32Array);
          y.dispose();
          if (moves) allocator.allocator.moveTogether(allocator.move);
        }
        network.dispose();
      });
    }
    for (const output of outputs) expect(output).to.deep.equal(outputs[0]);
  });
});

interface Moving {
  moveTogether(move: unknown): void;
}

/** Runs on a backend of its own, which is gone afterwards. */
async function onBackend(name: string, options: object, use: (backend: CpuBackend) => Promise<void>): Promise<void> {
  const before = tf.getBackend();
  registerConvnetCpu(name, { simd: 'auto', ...options });
  await tf.setBackend(name);
  try {
    await use(tf.backend() as CpuBackend);
  } finally {
    await tf.setBackend(before || 'cpu');
    tf.removeBackend(name);
  }
}

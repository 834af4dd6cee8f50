import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { CpuBackend } from '../../../src/cpu/backend.js';
import { WasmDevice } from '../../../src/cpu/device.js';
import { hostKernels } from '../../../src/host/stock.js';
import { movementKernels } from '../../../src/cpu/neighbours/movement/index.js';
import { poolingKernels } from '../../../src/cpu/neighbours/pooling/index.js';
import { resizeKernels } from '../../../src/cpu/neighbours/resize/index.js';

const ours = 'convnet-cpu-bench';
tf.registerBackend(ours, () => { for (const k of hostKernels('cpu', ours)) tf.registerKernel({ ...k, backendName: ours }); return new CpuBackend(new WasmDevice({ fma: true, shared: false })); }, 0);
const C = Number(process.env.C ?? 32),
  H = Number(process.env.H ?? 112);
type Op = (x: tf.Tensor4D) => tf.Tensor;
const g =
  (f: Op): Op =>
  (x) => {
    const y = f(x);
    const dy = tf.onesLike(y);
    return tf.engine().runKernel('Identity', { x: dy }) as tf.Tensor;
  };
const ops: [string, Op][] = [
  ['maxPool3s2', (x) => tf.maxPool(x, 3, 2, 'same')],
  ['maxPool2s2', (x) => tf.maxPool(x, 2, 2, 'same')],
  ['maxPool3s1', (x) => tf.maxPool(x, 3, 1, 'same')],
  ['avgPool2s2', (x) => tf.avgPool(x, 2, 2, 'valid')],
  ['avgPool3s1', (x) => tf.avgPool(x, 3, 1, 'same')],
  ['avgPool global', (x) => tf.avgPool(x, [H, H], 1, 'valid')],
  [
    'pad 1',
    (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
  ],
  [
    'mirrorPad',
    (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ],
        'reflect',
      ),
  ],
  ['concat C', (x) => tf.concat([x, x], 3)],
  ['concat H', (x) => tf.concat([x, x], 1)],
  ['slice', (x) => tf.slice(x, [0, 8, 8, 0], [1, H - 16, H - 16, C])],
  ['slice C', (x) => tf.slice(x, [0, 0, 0, C >> 2], [1, H, H, C >> 1])],
  [
    'split C',
    (x) => {
      const [a, b] = tf.split(x, 2, 3);
      b.dispose();
      return a;
    },
  ],
  ['NHWC-NCHW', (x) => tf.transpose(x, [0, 3, 1, 2])],
  ['NCHW-NHWC', (x) => tf.transpose(x.reshape([1, C, H, H]), [0, 2, 3, 1])],
  ['swap HW', (x) => tf.transpose(x, [0, 2, 1, 3])],
  ['shuffle', (x) => tf.transpose(x.reshape([H * H, 4, C / 4]), [0, 2, 1])],
  ['reverse W', (x) => tf.reverse(x, 2)],
  ['tile', (x) => tf.tile(x, [1, 1, 2, 1])],
  ['d2s', (x) => tf.depthToSpace(x, 2)],
  ['bilinear x2', (x) => tf.image.resizeBilinear(x, [2 * H, 2 * H], false, true)],
  ['bilinear /2', (x) => tf.image.resizeBilinear(x, [H / 2, H / 2])],
  ['nearest x2', (x) => tf.image.resizeNearestNeighbor(x, [2 * H, 2 * H])],
  ['gather', (x) => tf.gather(x.reshape([H * H, C]), idx(), 0)],
  ['stack', (x) => tf.stack([x, x], 3)],
];
const idxs: Record<string, tf.Tensor1D> = {};
const idx = () =>
  (idxs[tf.getBackend()] ??= tf.keep(
    tf.tensor1d(
      Int32Array.from({ length: H * H }, (_, i) => (i * 7919) % (H * H)),
      'int32',
    ),
  ));
const names = ['wasm', ours];
const xs: Record<string, tf.Tensor4D> = {};
for (const name of names) {
  await tf.setBackend(name);
  if (name === ours)
    for (const kernel of [...movementKernels, ...poolingKernels, ...resizeKernels]) {
      tf.unregisterKernel(kernel.kernelName, ours);
      tf.registerKernel({ ...kernel, backendName: ours });
    }
  xs[name] = tf.tensor4d(
    Float32Array.from({ length: H * H * C }, (_, i) => Math.sin(i)),
    [1, H, H, C],
  );
}
const n = H * H * C;
for (const [title, op] of ops) {
  const best: Record<string, number> = {};
  for (let round = 0; round < 12; round++) {
    for (const name of names) {
      await tf.setBackend(name);
      const start0 = performance.now();
      let times = 0;
      let ms = 1e9;
      try {
        do {
          const t = performance.now();
          tf.tidy(() => {
            op(xs[name]);
          });
          ms = Math.min(ms, performance.now() - t);
          times++;
        } while (times < 40 && performance.now() - start0 < 40);
      } catch (e) {
        ms = NaN;
      }
      best[name] = Math.min(best[name] ?? 1e9, ms);
    }
  }
  const [w, o] = names.map((name) => best[name]);
  console.log(
    title.padEnd(16),
    `wasm ${w.toFixed(3)} ms ${(n / w / 1e6).toFixed(2)} G/s   ours ${o.toFixed(3)} ms ${(n / o / 1e6).toFixed(2)} G/s   x${(w / o).toFixed(2)}`,
  );
}

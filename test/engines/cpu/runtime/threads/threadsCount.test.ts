// The number of threads: the flag CONVNET_THREADS, setThreadsCount(), the default.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../../../../src/backend/cpu.js';
import { cpuOptions } from '../../../../../src/engines/cpu/runtime/openDevice.js';
import { defaultThreads, resetThreadsCount } from '../../../../../src/engines/cpu/runtime/threads/count.js';
import { backendInfo, setThreadsCount } from '../../../../../src/index.js';
import { canShare } from '../../../../support/cpu/threadPrograms.js';
import { captureWarnings } from '../../../../support/warnings.js';

describe('CONVNET_THREADS', () => {
  afterEach(() => tf.env().set('CONVNET_THREADS', 'auto'));

  for (const [value, threads] of [
    ['auto', undefined],
    [1, 1],
    [64, 64],
    ['3', 3],
  ] as const) {
    it(`${JSON.stringify(value)} is ${threads ?? 'the default'}`, async () => {
      tf.env().set('CONVNET_THREADS', value);
      let found: number | undefined;
      const warnings = await captureWarnings(() => {
        found = cpuOptions().threads;
      });
      expect(found).to.equal(threads);
      expect(warnings).to.deep.equal([]);
    });
  }

  for (const [value, shown] of [
    ['many', "'many'"],
    [0, '0'],
    [2.5, '2.5'],
    [true, 'true'],
  ] as const) {
    it(`${shown} is refused with a warning`, async () => {
      tf.env().set('CONVNET_THREADS', value);
      const warnings = await captureWarnings(() => expect(cpuOptions().threads).to.equal(undefined));
      expect(warnings).to.deep.equal([
        `convnet: CONVNET_THREADS must be auto or an integer from 1 to 64; received CONVNET_THREADS=${shown}; auto is used`,
      ]);
    });
  }
});

describe('threads of a backend', () => {
  const name = 'convnet-cpu-threads';
  const shown = () => backendInfo(name).features.threads;

  it('are those of its options until setThreadsCount() is called, also for backends made earlier', async () => {
    registerConvnetCpu(name, { simd: 'auto', threads: 3 });
    try {
      await tf.setBackend(name);
      expect(shown()).to.equal(canShare ? 3 : 1);
      setThreadsCount(2);
      expect(shown()).to.equal(canShare ? 2 : 1);
      const y = tf.tidy(() => tf.conv2d(tf.ones([1, 64, 64, 16]) as tf.Tensor4D, tf.ones([3, 3, 16, 16]), 1, 'valid'));
      expect(Math.max(...y.dataSync().map((value) => Math.abs(value - 144)))).to.be.lessThan(1e-3);
      y.dispose();
    } finally {
      resetThreadsCount();
      await tf.setBackend('cpu');
      tf.removeBackend(name);
    }
  });

  it('are the cores by default, 8 at most', () => {
    expect(defaultThreads()).to.be.within(1, 8);
  });
});

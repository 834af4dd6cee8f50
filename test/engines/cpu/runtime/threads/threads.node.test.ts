// Threads in Node: they cost an idle process nothing, and never keep a process alive.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { resetThreadsCount } from '../../../../../src/engines/cpu/runtime/threads/count.js';
import { setThreadsCount } from '../../../../../src/index.js';
import { collectThreads, count, eagerDevice, pause } from '../../../../support/cpu/threadPrograms.js';

const root = new URL('../../../../../', import.meta.url);

describe('threads in Node', () => {
  it('workers start although the caller never returns to its event loop', () => {
    const device = eagerDevice(2);
    const [counts, who] = [device.alloc(4 * 64), device.alloc(4 * 64)];
    const end = performance.now() + 20_000;
    do {
      device.launch(count, { counts, who, step: 1, work: 1000 }, { items: 64, cost: 1e9 });
    } while (!device.ints(who, 64).includes(1) && performance.now() < end);
    expect(device.ints(who, 64).includes(1)).to.equal(true);
    device.close();
  });

  it('idle workers use no processor time', async () => {
    const device = eagerDevice(3);
    await collectThreads(device, 3);
    await pause(20);
    // The garbage collector and other threads of this process may work meanwhile: the least of some attempts counts.
    let least = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 5 && least >= 50; attempt++) least = Math.min(least, await processorMs(500));
    expect(least, 'milliseconds of processor time in 500').to.be.lessThan(50);
    device.close();
  });

  it('workers end when they are no longer wanted, and with the device', async () => {
    let alive = 0;
    const watch = (worker: Worker) => {
      alive++;
      worker.on('exit', () => alive--);
    };
    const becomes = async (wanted: number) => {
      for (let i = 0; i < 500 && alive !== wanted; i++) await pause(10);
      expect(alive).to.equal(wanted);
    };
    process.on('worker', watch);
    const device = eagerDevice(4);
    try {
      await collectThreads(device, 4);
      expect(alive).to.equal(3);
      setThreadsCount(2);
      await collectThreads(device, 2);
      await becomes(1);
      device.close();
      await becomes(0);
    } finally {
      resetThreadsCount();
      process.off('worker', watch);
    }
  });

  const endings = {
    'by itself after a prediction': '',
    'while workers are still starting': 'setThreadsCount(4); predict();',
    'after an idle pause': 'await new Promise((resolve) => setTimeout(resolve, 300));',
    'by process.exit()': 'predict(); process.exit(0);',
  };
  for (const [how, code] of Object.entries(endings)) {
    it(`a process ends ${how}`, async () => {
      const { stdout, stderr } = await runScript(code);
      expect(stdout.trim()).to.equal('predicted');
      expect(stderr).to.equal('');
    });
  }
});

/** The milliseconds of processor time that this process uses while it waits so long. */
async function processorMs(ms: number): Promise<number> {
  const before = process.cpuUsage();
  await pause(ms);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Runs another process. Rejects if it ends with an error, or not within 30 seconds. */
function runScript(code: string): Promise<{ stdout: string; stderr: string }> {
  const script = `
    import * as tf from '@tensorflow/tfjs';
    import { setThreadsCount } from './src/index.js';
    setThreadsCount(3);
    await tf.setBackend('convnet-cpu');
    const predict = () => tf.tidy(() => {
      const x = tf.ones([1, 64, 64, 32]);
      return tf.conv2d(x, tf.ones([3, 3, 32, 32]), 1, 'same').dataSync();
    });
    for (let i = 0; i < 5; i++) predict();
    console.log('predicted');
    ${code}`;
  const { NODE_OPTIONS: _, ...env } = process.env;
  const args = ['--import', 'tsx/esm', '--input-type=module', '--eval', script];
  return promisify(execFile)(process.execPath, args, { cwd: root, env, timeout: 30_000 });
}

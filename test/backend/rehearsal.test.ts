// What the CPU engine compiles while an app waits: common programs, nothing is left, and it ends with the backend.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../src/backend/cpu.js';
import type { CpuBackend } from '../../src/engines/cpu/backend.js';
import type { WasmDevice } from '../../src/engines/cpu/runtime/device.js';
import { useBackend } from '../support/backends.js';

const name = 'convnet-cpu-rehearsing';

interface Rehearsal {
  readonly backend: CpuBackend;
  readonly device: WasmDevice;
  /** The programs that ran so far. */
  readonly programs: readonly string[];
}

/** Begins a rehearsal, and listens to its launches. */
async function begin(): Promise<Rehearsal> {
  registerConvnetCpu(name, { simd: 'auto', threads: 1, rehearses: true });
  await tf.setBackend(name);
  const backend = tf.backend() as CpuBackend;
  const device = backend.device as WasmDevice;
  const programs: string[] = [];
  const { launch } = device;
  device.launch = (program, args, work) => {
    programs.push(program.name);
    launch.call(device, program, args, work);
  };
  return { backend, device, programs };
}

async function waitFor(isDone: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!isDone() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isDone(), 'the rehearsal goes on').to.equal(true);
}

const hasMultiplied = ({ programs }: Rehearsal) => programs.some((program) => program.startsWith('mul_'));

describe('rehearsal of the CPU engine', () => {
  useBackend('convnet-cpu');

  afterEach(async () => {
    await tf.setBackend('convnet-cpu');
    if (tf.findBackendFactory(name) != null) tf.removeBackend(name);
  });

  it('runs the programs of convolutional networks, and leaves no data', async () => {
    const rehearsal = await begin();
    await waitFor(() => hasMultiplied(rehearsal));
    expect(rehearsal.backend.numDataIds()).to.equal(0);
    for (const start of [
      'pad',
      'packAlong',
      'gemm',
      'packDepthwise',
      'depthwise',
      'add_',
      'relu',
      'maxPool',
      'prelu',
    ]) {
      expect(rehearsal.programs.filter((program) => program.startsWith(start))).to.not.deep.equal([], start);
    }
  });

  it('waits while something is recorded', async () => {
    const { device, programs } = await begin();
    const recording = {} as NonNullable<WasmDevice['recording']>;
    device.recording = recording;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(programs).to.deep.equal([]);
    device.recording = undefined;
    await waitFor(() => programs.length > 0);
  });

  it('ends when the backend is removed', async () => {
    const rehearsal = await begin();
    await waitFor(() => rehearsal.programs.length > 0);
    await tf.setBackend('convnet-cpu');
    tf.removeBackend(name);
    const { length } = rehearsal.programs;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(rehearsal.programs).to.have.lengthOf(length);
  });

  it('ends at an error, which is the app to meet', async () => {
    const { device, programs } = await begin();
    const { launch } = device;
    let failures = 0;
    device.launch = (...args) => {
      if (programs.length < 3) return launch.apply(device, args);
      failures++;
      throw new Error('heap: full');
    };
    await waitFor(() => failures > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(failures).to.equal(1);
    expect(tf.backend().numDataIds()).to.equal(0);
  });
});

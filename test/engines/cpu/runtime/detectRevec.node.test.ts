// Vectors of 256 bits: where they are, what backendInfo() says, and threads that compile at the same time.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { getEnvironmentData } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../../../src/backend/cpu.js';
import { revecV8 } from '../../../../src/core/platform.js';
import { compile } from '../../../../src/engines/cpu/runtime/compile.js';
import { whyNoRevec } from '../../../../src/engines/cpu/runtime/detectRevec.js';
import { lockFlags } from '../../../../src/engines/cpu/runtime/flagLock.js';
import { backendInfo } from '../../../../src/index.js';
import { useBackend } from '../../../support/backends.js';

const root = new URL('../../../../', import.meta.url);
const features = { fma: false, shared: false };
const isTested = ['13.6', '14.6'].includes(revecV8() ?? '');
/** A processor without vectors of 256 bits gains nothing. */
const onTested = ['', 'no gain here'];

async function featuresWith(revec: 'off' | 'auto') {
  registerConvnetCpu('convnet-cpu-flag', { simd: 'plain', threads: 1, revec });
  try {
    await tf.setBackend('convnet-cpu-flag');
    return backendInfo().features;
  } finally {
    await tf.setBackend('convnet-cpu');
    tf.removeBackend('convnet-cpu-flag');
  }
}

describe('vectors of 256 bits', () => {
  useBackend('convnet-cpu');

  it('are there in tested versions of V8', () => {
    const reason = whyNoRevec(features, 'auto');
    if (isTested) expect(reason).to.be.oneOf(onTested);
    else expect(reason).to.be.oneOf(['only Node 24 on x64 can', `not tested with V8 ${revecV8()}`]);
  });

  for (const flag of ['off', 'auto'] as const) {
    it(`are in backendInfo() with CONVNET_REVEC ${flag}`, async () => {
      // The backend measures the gain anew, which a busy machine may hide from one of two measurements.
      for (let attempt = 1; ; attempt++) {
        const reason = whyNoRevec(features, flag);
        const { revec, revecOff } = await featuresWith(flag);
        expect(revec).to.equal(revecOff === '');
        if (revecOff === reason) return;
        if (attempt === 5) expect(revecOff).to.equal(reason);
      }
    });
  }

  if (isTested) {
    it('are there in a Worker only if it shares the lock of the main thread', async () => {
      const [older, newer] = await reasonsInWorkers();
      expect(older).to.equal('no backend in the main thread yet');
      expect(newer).to.be.oneOf(onTested);
    });

    it('are there in every Worker if the command line has the flag', async () => {
      for (const reason of await reasonsInWorkers('--experimental-wasm-revectorize'))
        expect(reason).to.be.oneOf(onTested);
    });

    it('are not there if the command line forbids them', async () => {
      const [older, newer] = await reasonsInWorkers('--no-experimental-wasm-revectorize');
      expect([older, newer]).to.deep.equal([onTested[1], onTested[1]]);
    });
  }
});

describe('lockFlags', () => {
  const word = () => getEnvironmentData('tfjs-backend-convnet.flags') as unknown as Int32Array;

  it('is held while a module compiles, and given back, also after an error', () => {
    const unlock = lockFlags();
    expect(Atomics.load(word(), 0)).to.equal(1);
    unlock();
    expect(Atomics.load(word(), 0)).to.equal(0);
    expect(() => compile(Uint8Array.of(1, 2, 3))).to.throw(WebAssembly.CompileError);
    expect(Atomics.load(word(), 0)).to.equal(0);
  });

  it('is taken from a thread that has ended with it', () => {
    Atomics.store(word(), 0, 1);
    lockFlags()();
    expect(Atomics.load(word(), 0)).to.equal(0);
  });

  // tsx gives Workers of Node 20 no TypeScript.
  if (isTested) {
    it('keeps threads apart', async () => {
      expect(await runScript(countingScript)).to.deep.equal(['6000']);
    });
  }
});

/** Three Workers count in a variable that is not atomic, so that an overlap loses counts. */
const countingScript = `
  import { Worker } from 'node:worker_threads';
  const file = new URL('./src/engines/cpu/runtime/flagLock.ts', 'file://' + process.cwd() + '/').href;
  const { lockFlags } = await import(file);
  lockFlags()();
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const source = \`
    const { workerData } = process.getBuiltinModule('worker_threads');
    import('\${file}').then(({ lockFlags }) => {
      for (let i = 0; i < 2000; i++) {
        const unlock = lockFlags();
        const before = workerData[0];
        for (let j = 0; j < 100; j++) Atomics.load(workerData, 1);
        workerData[0] = before + 1;
        unlock();
      }
    });\`;
  const start = () => new Promise((resolve, reject) => {
    new Worker(source, { eval: true, workerData: shared }).on('error', reject).on('exit', resolve);
  });
  await Promise.all([start(), start(), start()]);
  console.log(shared[0]);`;

/** The reasons in a Worker that was started before the main thread first compiled, and in one started afterwards. */
async function reasonsInWorkers(...flags: readonly string[]): Promise<string[]> {
  return runScript(
    `
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    const file = new URL('./src/engines/cpu/runtime/detectRevec.ts', 'file://' + process.cwd() + '/').href;
    const source = \`
      const { parentPort } = process.getBuiltinModule('worker_threads');
      parentPort.once('message', () => import('\${file}').then(({ whyNoRevec }) => {
        parentPort.postMessage(whyNoRevec({ fma: true, shared: false }, 'auto'));
      }));\`;
    const older = new Worker(source, { eval: true });
    const { whyNoRevec } = await import(file);
    whyNoRevec({ fma: true, shared: false }, 'auto');
    for (const worker of [older, new Worker(source, { eval: true })]) {
      worker.postMessage('');
      console.log((await once(worker, 'message'))[0]);
    }`,
    flags,
  );
}

/** The lines that a module prints in a process of its own. */
async function runScript(script: string, flags: readonly string[] = []): Promise<string[]> {
  const args = [...flags, '--import', 'tsx/esm', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 120_000 });
  return stdout.replace(/\n$/, '').split('\n');
}

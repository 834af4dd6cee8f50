// A launch that throws, or memory that runs out in the middle of an operation: the error passes, and nothing is kept.
// The cases are the random ones of the fuzzer, which reach every kernel of the engine.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { registerConvnetCpu } from '../../../src/backend/cpu.js';
import type { CpuBackend } from '../../../src/engines/cpu/backend.js';
import type { WasmDevice } from '../../../src/engines/cpu/runtime/device.js';
import { families } from '../../fuzz/families/index.js';
import type { Problem } from '../../fuzz/family.js';
import { drawProblem } from '../../fuzz/fuzz.js';

const name = 'convnet-cpu-throwing';
registerConvnetCpu(name, { simd: 'auto', threads: 1 });

const seedsOfFamily = 24;
/** Calls of one operation that fail in turn; the longest chains of layers have more. */
const mostCalls = 12;

const ways = ['launch', 'alloc'] as const;

function deviceNow(): WasmDevice {
  return (tf.backend() as CpuBackend).device as WasmDevice;
}

function run({ run }: Problem): void {
  tf.dispose(tf.tidy(run));
}

/** Runs a problem whose call number `failing` of the device throws. Returns whether it came to that. */
function runFailing(problem: Problem, way: (typeof ways)[number], failing: number): boolean {
  const device = deviceNow();
  let calls = 0;
  const failure = new Error('it fails here');
  const original = device[way] as (...args: unknown[]) => unknown;
  Object.assign(device, {
    [way](...args: unknown[]) {
      if (++calls === failing) throw failure;
      return original.apply(device, args);
    },
  });
  try {
    run(problem);
    return false;
  } catch (error) {
    if (calls < failing) throw error;
    expect(error, problem.title).to.equal(failure);
    return true;
  } finally {
    Reflect.deleteProperty(device, way); // the method of the class shows again
  }
}

function kept() {
  const { numTensors, numBytes } = tf.memory();
  const used = deviceNow().heap.usedBytes;
  return { numTensors, numBytes, dataIds: tf.backend().numDataIds(), used };
}

describe('CPU engine: what throws keeps nothing', () => {
  before(async () => {
    await tf.setBackend(name);
  });
  after(async () => {
    await tf.setBackend('cpu');
    tf.removeBackend(name);
  });

  for (const family of families) {
    it(family.name, () => {
      let thrown = 0;
      for (let seed = 0; seed < seedsOfFamily; seed++) {
        const { problem, id } = drawProblem(family, seed);
        run(problem); // fills the caches of plans and tables
        const before = kept();
        for (const way of ways) {
          let failing = 1;
          for (; failing <= mostCalls && runFailing(problem, way, failing); failing++) {
            expect(kept(), `${id} ${problem.title}: ${way} ${failing}`).to.deep.equal(before);
          }
          thrown += failing - 1;
        }
      }
      expect(thrown, 'calls that threw').to.be.above(seedsOfFamily / 2);
    });
  }
});

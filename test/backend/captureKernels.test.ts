// Every kernel that selfTest() knows, captured with one set of values and replayed with another: what a new kernel does is
// recorded without a line of its own, whether it launches, writes tables or computes in JavaScript. What goes around the
// recording is seen.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { unary } from '../../kernels/wasm/elementwise/index.js';
import { gather } from '../../kernels/wasm/movement/index.js';
import { withScratch } from '../../kernels/wasm/scratch.js';
import { leavingNothing } from '../../src/backend/cpu.js';
import { selfTestCalls } from '../../src/backend/selfTest/calls.js';
import type { CpuBackend } from '../../src/engines/cpu/backend.js';
import type { WasmDevice } from '../../src/engines/cpu/runtime/device.js';
import { capture } from '../../src/index.js';
import type { Call } from '../../src/tfjs/kernelCall.js';
import { attrsOf, inputsOf, valuesFor } from '../../src/tfjs/referenceCall.js';
import { ownBackends, useBackend } from '../support/backends.js';
import { bitsOf, expectReplays, expectSame, nextSeed, refusal } from '../support/captured.js';
import { randomValues } from '../support/randomCases.js';

type Operands = Record<string, tf.Tensor>;

/** Operands of other values at each call. Divisors and variances stay positive, conditions 0 or 1. */
function operandsOf(call: Call): Operands {
  const values = valuesFor(call);
  const entries = Object.entries(call.operands).map(([name, { shape, dtype }]): [string, tf.Tensor] => {
    const factors = randomValues(values[name].length, nextSeed());
    const other = dtype === 'bool' ? [...values[name]].reverse() : values[name].map((v, i) => v * (1 + factors[i] / 2));
    return [name, tf.tensor([...other], [...shape], dtype)];
  });
  return Object.fromEntries(entries);
}

function runKernel(call: Call, operands: Operands): tf.Tensor[] {
  const inputs = inputsOf(operands) as tf.NamedTensorMap;
  return [tf.engine().runKernel(call.kernelName, inputs, attrsOf(call)) as tf.Tensor].flat();
}

for (const backend of ownBackends)
  describe(`capture() of every kernel, ${backend}`, () => {
    useBackend(backend);
    const isWebgl = backend === 'convnet-webgl';

    for (const kernelName of new Set(selfTestCalls.map((call) => call.kernelName))) {
      it(kernelName, function () {
        this.timeout(isWebgl ? 300_000 : 20_000); // a software renderer compiles all programs
        for (const call of selfTestCalls.filter((one) => one.kernelName === kernelName)) {
          const [first, second, third] = [operandsOf(call), operandsOf(call), operandsOf(call)];
          const all = capture((x: Operands) => runKernel(call, x), first);
          for (const other of isWebgl ? [second, first] : [second, third, first])
            expectSame(all, (x: Operands) => runKernel(call, x), other);
          all.dispose();
          const [name] = Object.keys(first); // the others are weights
          const one = (x: tf.Tensor) => runKernel(call, { ...first, [name]: x });
          const single = capture(one, first[name]);
          for (const other of isWebgl ? [second] : [second, third]) expectSame(single, one, other[name]);
          single.dispose();
          tf.dispose([first, second, third]);
        }
      });
    }
  });

interface Args {
  readonly backend: CpuBackend;
  readonly device: WasmDevice;
  readonly x: tf.TensorInfo;
}

/** Runs a kernel that exists for this call, as one of the package or as one that an app has registered. */
function withKernel(run: (args: Args) => tf.TensorInfo, isOwn: boolean, use: (f: (x: tf.Tensor) => tf.Tensor) => void) {
  const kernelName = 'TestKernel';
  const kernelFunc: tf.KernelFunc = ({ inputs, backend }) => {
    const own = backend as CpuBackend;
    return run({ backend: own, device: own.device as WasmDevice, x: inputs.x as tf.TensorInfo });
  };
  const [kernel] = isOwn ? leavingNothing([{ kernelName, kernelFunc }]) : [{ kernelName, kernelFunc }];
  tf.registerKernel({ ...kernel, backendName: 'convnet-cpu' });
  try {
    use((x) => tf.engine().runKernel(kernelName, { x }) as tf.Tensor);
  } finally {
    tf.unregisterKernel(kernelName, 'convnet-cpu');
  }
}

describe('capture() of kernels that do odd things', () => {
  useBackend('convnet-cpu');
  const length = 315;

  it('a table that is written again between launches', () => {
    withKernel(
      ({ backend, device, x }) => {
        const [from, y] = [backend.toHeap(x), backend.newTensor([2, length])];
        const to = backend.toHeap(y);
        withScratch(device, 4 * length, (scratch) => {
          const table = device.floats(scratch, length);
          for (let i = 0; i < 2; i++) {
            table.fill(i + 1);
            unary(device, 'neg', { x: scratch, y: to + 4 * length * i, length });
          }
        });
        const half = backend.newTensor([length]);
        unary(device, 'abs', { x: from, y: backend.toHeap(half), length });
        backend.disposeData(half.dataId);
        return y;
      },
      true,
      (f) => {
        const x = tf.ones([length]);
        const captured = capture(f, x);
        const y = captured.predict(x) as tf.Tensor;
        expect([y.dataSync()[0], y.dataSync()[length]]).to.deep.equal([-1, -2]);
        captured.dispose();
        tf.dispose([x, y]);
      },
    );
  });

  it('intermediate tensors, in use at once and one after the other', () => {
    withKernel(
      ({ backend, device, x }) => {
        const step = (name: 'neg' | 'exp', from: tf.TensorInfo) => {
          const y = backend.newTensor([length]);
          unary(device, name, { x: backend.toHeap(from), y: backend.toHeap(y), length });
          return y;
        };
        const [a, b] = [step('neg', x), step('exp', x)];
        const [c, d] = [step('neg', a), step('exp', b)];
        backend.disposeData(b.dataId);
        const e = step('exp', a);
        const y = backend.newTensor([3, length]);
        for (const [i, part] of [c, d, e].entries()) {
          unary(device, 'neg', { x: backend.toHeap(part), y: backend.toHeap(y) + 4 * length * i, length });
        }
        for (const { dataId } of [a, c, d, e]) backend.disposeData(dataId);
        return y;
      },
      true,
      (f) => expect(expectReplays((x) => f(x))).to.deep.equal([]),
    );
  });

  it('values that are read through a view, and results that are written through one', () => {
    withKernel(
      ({ backend, device, x }) => {
        const y = backend.newTensor(x.shape);
        const [from, to] = [backend.toHeap(x), backend.toHeap(y)];
        const values = device.floats(from, length).map((v) => 3 * v);
        device.floats(to, length).set(values);
        return y;
      },
      true,
      (f) => expect(expectReplays((x) => f(x))).to.deep.equal(['TestKernel']),
    );
  });

  it('a choice by values', () => {
    withKernel(
      ({ backend, device, x }) => {
        const from = backend.toHeap(x);
        const y = backend.newTensor(x.shape);
        const isPositive = (backend.data.get(x.dataId).values as Float32Array)[0] > 0;
        unary(device, isPositive ? 'neg' : 'exp', { x: from, y: backend.toHeap(y), length });
        return y;
      },
      true,
      (f) => expect(expectReplays((x) => tf.abs(f(tf.sin(x))))).to.include('TestKernel'),
    );
  });

  it('maps of a gather by values', () => {
    withKernel(
      ({ backend, device, x }) => {
        const values = backend.readSync(x.dataId) as Float32Array;
        const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
        const [from, y] = [backend.toHeap(x), backend.newTensor(x.shape)];
        gather(device, { from, to: backend.toHeap(y), maps: [[0], order], run: 1 });
        return y;
      },
      true,
      (f) => expect(expectReplays((x) => f(x))).to.deep.equal(['TestKernel']),
    );
  });

  const foreign: Record<string, readonly [RegExp, (args: Args) => tf.TensorInfo]> = {
    'reads values': [
      /^capture: values that depend on the inputs are read in JavaScript/,
      ({ backend, x }) => backend.makeTensorInfo(x.shape, 'float32', backend.readSync(x.dataId)),
    ],
    'makes a tensor': [
      /^capture: a tensor is made outside of a kernel/,
      ({ backend, x }) => backend.makeTensorInfo(x.shape, 'float32', new Float32Array(length)),
    ],
    'takes memory': [/^capture: memory is taken outside of a kernel/, ({ backend, x }) => backend.newTensor(x.shape)],
    launches: [
      /^capture: a program is launched outside of a kernel; received program='neg'/,
      ({ backend, device, x }) => {
        const at = backend.toHeap(x);
        unary(device, 'neg', { x: at, y: at, length });
        return x;
      },
    ],
    'takes a view': [
      /^capture: values that depend on the inputs are read in JavaScript/,
      ({ backend, device, x }) => {
        device.heap.bytes(backend.toHeap(x), 4);
        return x;
      },
    ],
  };
  for (const [title, [message, run]] of Object.entries(foreign)) {
    it(`a kernel that is not the package's: ${title}`, () => {
      withKernel(run, false, (f) => expect(refusal((x) => f(x))).to.match(message));
    });
  }

  it('results are those of the kernel itself', () => {
    const x = tf.ones([3]);
    const captured = capture((y: tf.Tensor) => tf.neg(y), x);
    const y = captured.predict(x) as tf.Tensor;
    expect(bitsOf(y)).to.deep.equal([[...new Uint8Array(Float32Array.of(-1, -1, -1).buffer)]]);
    captured.dispose();
    tf.dispose([x, y]);
  });
});

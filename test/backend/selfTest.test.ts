// selfTest(): every kernel passes on every engine, a wrong one is named, and the report is plain data.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import packageJson from '../../package.json' with { type: 'json' };
import type { CpuBackend } from '../../src/engines/cpu/backend.js';
import { type SelfTestReport, selfTest } from '../../src/index.js';
import { ownBackends, useBackend } from '../support/backends.js';

for (const name of ownBackends) {
  describe(`selfTest() on ${name}`, () => {
    useBackend(name);

    it('passes everything, and leaves nothing', async function () {
      this.timeout(240_000);
      const report = await selfTest();
      expect(report.results.filter(({ passed }) => !passed)).to.deep.equal([]);
      expect(report.passed).to.equal(true);
      expect(report.backend.name).to.equal(name);
      expect(report.versions['tfjs-backend-convnet']).to.equal(packageJson.version);
      expect(report.flags).to.include({ CONVNET_WINOGRAD: 'auto' });
      expect(JSON.parse(JSON.stringify(report)) as SelfTestReport).to.deep.equal(report);
      const kinds = report.results.map(({ kind }) => kind);
      expect(kinds).to.include.members(['Conv2D', 'Conv2DBackpropFilter', 'Softmax', 'MaxPoolGrad', 'ResizeBilinear']);
    });
  });
}

describe('selfTest() of a kernel that is wrong', () => {
  useBackend('convnet-cpu');

  it('names it, and says by how much', async () => {
    const kernel = tf.getKernel('Relu', 'convnet-cpu');
    const kernelName = 'Relu';
    /** Zeros, whatever is asked. */
    const kernelFunc: tf.KernelFunc = ({ inputs, backend }) => {
      const { shape } = inputs.x as tf.TensorInfo;
      const zeros = new Float32Array(tf.util.sizeFromShape(shape));
      return (backend as CpuBackend).makeTensorInfo(shape, 'float32', zeros);
    };
    tf.unregisterKernel(kernelName, 'convnet-cpu');
    tf.registerKernel({ kernelName, backendName: 'convnet-cpu', kernelFunc });
    try {
      const report = await selfTest('convnet-cpu');
      const failed = report.results.filter(({ passed }) => !passed);
      expect(failed.map(({ kind }) => kind)).to.deep.equal(['Relu']);
      expect(failed[0].difference).to.equal(1);
      expect(failed[0].reason).to.include('differ from plain loops');
      expect(report.passed).to.equal(false);
    } finally {
      tf.unregisterKernel(kernelName, 'convnet-cpu');
      tf.registerKernel(kernel);
    }
  });

  it('refuses backends that are not of this package', async () => {
    const error = await selfTest('cpu').catch((reason: Error) => reason);
    expect((error as Error).message).to.include("backend='cpu'");
  });
});

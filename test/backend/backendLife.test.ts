// The life of the backends: registration, choice of device, switching, moving, removing, coming back.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { chooseDevice, type GlProbe } from '../../src/backend/chooseDevice.js';
import { isSoftwareRenderer } from '../../src/core/renderer.js';
import { backendInfo, groupConv2d, registerBackends } from '../../src/index.js';
import { isBrowser, ownBackends } from '../support/backends.js';
import { setUpAgain } from '../support/setUpOnce.js';
import { captureWarnings } from '../support/warnings.js';

const all = ['convnet', 'convnet-cpu', 'convnet-webgl'];

describe('registration', () => {
  it('gives three names, none of which is chosen by itself', () => {
    for (const name of all) expect(tf.findBackendFactory(name), name).to.be.a('function');
    const registered = tf.engine().registryFactory as unknown as Record<string, { priority: number }>;
    for (const name of all) expect(registered[name].priority, name).to.equal(0);
  });

  it('leaves names alone that are registered already, without a warning', async () => {
    const factory = tf.findBackendFactory('convnet');
    const warnings = await captureWarnings(() => registerBackends());
    expect(warnings).to.deep.equal([]);
    expect(tf.findBackendFactory('convnet')).to.equal(factory);
  });

  it('sets a backend without a warning, and again', async () => {
    const warnings = await captureWarnings(async () => {
      for (const name of [...ownBackends, ...ownBackends]) expect(await tf.setBackend(name)).to.equal(true);
    });
    expect(warnings).to.deep.equal([]);
  });

  it('has every kernel of the official backend, and the rest of the cpu kernels', async () => {
    for (const name of ownBackends) {
      await tf.setBackend(name);
      const has = (kernel: string) => tf.getKernel(kernel, name) != null;
      const wanted = [...kernelNames('cpu'), ...(name === 'convnet-webgl' ? kernelNames('webgl') : [])];
      expect(
        wanted.filter((kernel) => !has(kernel)),
        name,
      ).to.deep.equal([]);
    }
  });

  it('probes for FromPixels get the answer of the engine', async () => {
    await tf.setBackend('convnet-cpu');
    expect(tf.getKernel('FromPixels', 'convnet-cpu')).to.be.an('object');
    if (isBrowser) {
      await tf.setBackend('convnet-webgl');
      expect(tf.getKernel('FromPixels', 'convnet-webgl')).to.be.an('object');
    }
  });
});

function kernelNames(backend: string): string[] {
  return tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
}

describe('choice of device', () => {
  const gpu: GlProbe = {
    webgl2: true,
    renderer: 'ANGLE (NVIDIA, GeForce)',
    software: false,
    floatTargets: true,
    maxDrawBuffers: 8,
  };
  const choose = (preference: 'auto' | 'webgl' | 'cpu', change: Partial<GlProbe> = {}) => {
    return chooseDevice(preference, () => ({ ...gpu, ...change }));
  };

  it('takes a GPU', () => expect(choose('auto').device).to.equal('webgl'));
  it('obeys CONVNET_DEVICE=cpu', () => expect(choose('cpu').device).to.equal('cpu'));

  const refused: readonly [string, Partial<GlProbe>, RegExp][] = [
    ['no WebGL2', { webgl2: false }, /not available/],
    ['software renderers', { software: true, renderer: 'SwiftShader' }, /in software \(SwiftShader\)/],
    ['GPUs that cannot render to 32-bit floats', { floatTargets: false }, /GeForce.*32-bit floats/],
    ['GPUs with fewer than 4 render targets', { maxDrawBuffers: 2 }, /2 render targets/],
  ];
  for (const [what, change, reason] of refused) {
    it(`takes the CPU instead of ${what}`, () => {
      const choice = choose('auto', change);
      expect(choice.device).to.equal('cpu');
      expect(choice.reason).to.match(reason);
    });
  }

  it('insists with CONVNET_DEVICE=webgl, as far as there is WebGL2', () => {
    expect(choose('webgl', { software: true }).device).to.equal('webgl');
    expect(choose('webgl', { webgl2: false }).device).to.equal('cpu');
  });

  it('knows software renderers by name', () => {
    const software = [
      'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
      'llvmpipe (LLVM 15.0.6, 256 bits)',
      'ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11 vs_5_0 ps_5_0)',
      'Apple Software Renderer',
    ];
    const hardware = [
      'ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)',
      'Mali-G78',
      'Apple GPU',
      'Adreno (TM) 640',
    ];
    expect(software.filter((name) => !isSoftwareRenderer(name))).to.deep.equal([]);
    expect(hardware.filter(isSoftwareRenderer)).to.deep.equal([]);
  });

  it('shows in backendInfo(): convnet is on the CPU here, since no GPU is', async () => {
    await tf.setBackend('convnet');
    const info = backendInfo();
    expect(info.name).to.equal('convnet');
    expect(info.engine).to.equal('cpu');
    expect(info.reason).to.match(isBrowser ? /software/ : /not available/);
    expect(Object.isFrozen(info)).to.equal(true);
  });

  it('a wrong CONVNET_DEVICE falls back to auto with a warning that says so', async () => {
    tf.removeBackend('convnet');
    registerBackends();
    tf.env().set('CONVNET_DEVICE', 'gpu');
    let set = false;
    const warnings = await captureWarnings(async () => {
      set = await tf.setBackend('convnet');
    });
    tf.env().set('CONVNET_DEVICE', 'auto');
    expect(set).to.equal(true);
    expect(warnings).to.deep.equal([
      "convnet: CONVNET_DEVICE must be one of auto webgl cpu; received CONVNET_DEVICE='gpu'; auto is used",
    ]);
  });

  it('backendInfo() of a backend that is not ours is an error', async () => {
    await tf.setBackend('cpu');
    expect(() => backendInfo()).to.throw(
      "backendInfo: the backend must be a convnet backend that has been set once; received backend='cpu'",
    );
  });

  it('every backend of ours describes itself', async () => {
    for (const name of ownBackends) {
      await tf.setBackend(name);
      const { device, engine, features } = backendInfo(name);
      expect(device).to.be.a('string').and.not.equal('');
      expect(engine).to.equal(name === 'convnet-webgl' ? 'webgl' : 'cpu');
      if (engine === 'webgl') {
        expect(isSoftwareRenderer(device), device).to.equal(true);
        expect(features.maxDrawBuffers).to.be.at.least(4);
      }
    }
  });
});

describe('WebGL2 missing', () => {
  if (isBrowser) return; // there it is

  it('convnet-webgl says so once and gives false; the next backend works', async () => {
    let set = true;
    const warnings = await captureWarnings(async () => {
      set = await tf.setBackend('convnet-webgl');
    });
    expect(set).to.equal(false);
    expect(warnings).to.deep.equal([
      'Initialization of backend convnet-webgl failed',
      'convnet-webgl: WebGL2 is not available here',
    ]);
    expect(await tf.setBackend('convnet-cpu')).to.equal(true);
    expect(tf.tidy(() => tf.add(1, 2).dataSync()[0])).to.equal(3);
  });
});

describe('switching', () => {
  const route = ['cpu', ...ownBackends, 'convnet', ...[...ownBackends].reverse(), 'cpu'];

  it(`tensors follow from backend to backend: ${route.join(' > ')}`, async () => {
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const filter = tf.tensor4d([1, 10], [1, 1, 1, 2]);
    for (const name of route) {
      await tf.setBackend(name);
      const y = tf.tidy(() => groupConv2d(tf.add(x, 0) as tf.Tensor4D, filter, 1, 'valid'));
      expect(Array.from(y.dataSync()), name).to.deep.equal([1, 10, 2, 20, 3, 30, 4, 40]);
      expect(Array.from(await y.data()), name).to.deep.equal([1, 10, 2, 20, 3, 30, 4, 40]);
      y.dispose();
    }
    tf.dispose([x, filter]);
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('a result of one backend is read and disposed while another is active', async () => {
    for (const name of ownBackends) {
      await tf.setBackend(name);
      const before = tf.backend().numDataIds();
      const y = tf.tidy(() => tf.conv2d(tf.ones([1, 3, 3, 1]) as tf.Tensor4D, tf.ones([3, 3, 1, 1]), 1, 'valid'));
      await tf.setBackend('cpu');
      expect(Array.from(await y.data())).to.deep.equal([9]);
      y.dispose();
      await tf.setBackend(name);
      expect(tf.backend().numDataIds(), name).to.equal(before);
    }
  });

  it('TensorFlow.js’s gradients stay its own on other backends', async () => {
    await tf.setBackend(ownBackends[0]);
    await tf.setBackend('cpu');
    const gradient = () =>
      tf.tidy(() =>
        tf.grad((x) => tf.conv2d(x as tf.Tensor4D, tf.ones([2, 2, 1, 1]), 1, 'same', 'NHWC', 2))(tf.ones([1, 4, 4, 1])),
      );
    expect(gradient).to.throw('dilation rates greater than 1');
  });

  it('a backend that was removed and registered again works; so does selecting it twice', async () => {
    for (const name of ['convnet', ...ownBackends]) {
      await tf.setBackend(name);
      await tf.setBackend('cpu');
      tf.removeBackend(name);
      expect(tf.findBackendFactory(name)).to.equal(null);
      registerBackends();
      expect(await tf.setBackend(name), name).to.equal(true);
      const y = tf.tidy(() => groupConv2d(tf.ones([1, 2, 2, 2]) as tf.Tensor4D, tf.ones([2, 2, 1, 2]), 1, 'valid'));
      expect(Array.from(y.dataSync()), name).to.deep.equal([4, 4]);
      y.dispose();
    }
  });

  it('all of TensorFlow.js’s gradients imported afterwards do not take ours away for long', async () => {
    const [name] = ownBackends;
    await tf.setBackend(name);
    const ours = tf.getGradient('Conv2D');
    tf.unregisterGradient('Conv2D');
    tf.registerGradient({ kernelName: 'Conv2D', gradFunc: () => ({}) }); // what such an import does
    setUpAgain();
    await tf.setBackend(name);
    expect(tf.getGradient('Conv2D')).to.not.equal(ours);
    const dx = tf.tidy(() =>
      tf.grad((x) => tf.conv2d(x as tf.Tensor4D, tf.ones([2, 2, 1, 1]), 1, 'valid', 'NHWC', 2))(tf.ones([1, 3, 3, 1])),
    );
    expect(Array.from(dx.dataSync())).to.deep.equal([1, 0, 1, 0, 0, 0, 1, 0, 1]);
    dx.dispose();
    tf.unregisterGradient('Conv2D');
    tf.registerGradient(ours);
  });
});

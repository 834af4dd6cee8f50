// Backends of one's own: on a canvas, on a context, beside the others, chosen by tf.ready(), and errors of bad options.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { WebglBackend } from '../../src/engines/webgl/backend.js';
import { backendInfo, registerConvnet } from '../../src/index.js';
import { expectSame, throughTiles, valuesIn, webgl } from '../support/webgl/opTable/operands.js';
import { removeWithContext } from '../support/webgl/ownContexts.js';

const shape = [2, 3, 5, 6] as const;
const values = valuesIn(shape, 1);
const y = () => tf.tidy(() => tf.neg(throughTiles(tf.tensor4d(values, [...shape]))).dataSync() as Float32Array);

describe('registerConvnet: a canvas or a context of the user', () => {
  const name = 'convnet-own';
  const expected = values.map((value) => -value);

  before(() => tf.setBackend('convnet-webgl'));
  afterEach(async () => {
    await tf.setBackend('convnet-webgl');
    if (tf.findBackendFactory(name)) removeWithContext(name);
  });

  const makers = {
    'a canvas in the page': () => ({ canvas: document.body.appendChild(document.createElement('canvas')) }),
    'an OffscreenCanvas': () => ({ canvas: new OffscreenCanvas(3, 3) }),
    'a context': () => ({ context: new OffscreenCanvas(3, 3).getContext('webgl2') as WebGL2RenderingContext }),
  } as const;

  for (const [what, make] of Object.entries(makers)) {
    it(what, async () => {
      const { gl2: shared } = tf.findBackend('convnet-webgl') as WebglBackend;
      const options = make() as { canvas?: HTMLCanvasElement; context?: WebGL2RenderingContext };
      registerConvnet(name, options);
      expect(await tf.setBackend(name)).to.equal(true);
      const { gl2 } = webgl();
      expect(gl2).to.equal(options.context ?? options.canvas?.getContext('webgl2'));
      expectSame('y', y(), expected, 1e-5);
      expect(backendInfo(name)).to.include({ name, engine: 'webgl' });

      // TensorFlow.js's default context is what it was.
      registerConvnet('convnet-sharing', { device: 'webgl' });
      await tf.setBackend('convnet-sharing');
      expect(webgl().gl2).to.equal(shared);
      expectSame('on the shared context', y(), expected, 1e-5);
      await tf.setBackend(name);
      tf.removeBackend('convnet-sharing');

      expectSame('again', y(), expected, 1e-5);
      await tf.setBackend('convnet-webgl');
      tf.removeBackend(name);
      expect(gl2.isContextLost()).to.equal(false);
      if (options.canvas instanceof HTMLCanvasElement) {
        expect(document.body.contains(options.canvas), 'the canvas stays').to.equal(true);
        options.canvas.remove();
      }
      // The same canvas again.
      registerConvnet(name, options);
      await tf.setBackend(name);
      expectSame('once more', y(), expected, 1e-5);
    });
  }

  it('a canvas that has a context of another kind is an error', async () => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d');
    registerConvnet(name, { canvas });
    const messages: string[] = [];
    const { warn } = console;
    console.warn = (...args: unknown[]) => void messages.push(args.join(' '));
    try {
      expect(await tf.setBackend(name)).to.equal(false);
    } finally {
      console.warn = warn;
    }
    expect(messages.join('\n')).to.match(/convnet-own: the canvas must give a WebGL2 context .*HTMLCanvasElement/);
  });

  it('a context that is lost is an error', () => {
    const context = new OffscreenCanvas(1, 1).getContext('webgl2') as WebGL2RenderingContext;
    context.getExtension('WEBGL_lose_context')?.loseContext();
    expect(() => registerConvnet(name, { context })).to.throw('registerConvnet: the context must not be lost');
  });

  it('kernels copied from it run on another one, and on others say what to call', async () => {
    registerConvnet(name, { canvas: new OffscreenCanvas(1, 1) });
    tf.registerBackend('tfjs-copy', () => {
      const context = new OffscreenCanvas(1, 1);
      return new (
        Object.getPrototypeOf(tf.findBackend('convnet-webgl')?.constructor) as new (
          c: OffscreenCanvas,
        ) => WebglBackend
      )(context);
    });
    tf.copyRegisteredKernels('convnet-webgl', 'tfjs-copy');
    await tf.setBackend('tfjs-copy');
    try {
      expect(() => tf.tidy(() => tf.neg(tf.tensor1d([1])))).to.throw(
        /^Neg: a convnet kernel runs on a convnet backend alone; .*registerConvnet\(name, .*received backend='/,
      );
    } finally {
      const { gl } = (tf.backend() as WebglBackend).gpgpu;
      await tf.setBackend('convnet-webgl');
      tf.removeBackend('tfjs-copy');
      gl.getExtension('WEBGL_lose_context')?.loseContext();
      for (const { kernelName } of tf.getKernelsForBackend('tfjs-copy')) tf.unregisterKernel(kernelName, 'tfjs-copy');
    }
  });
});

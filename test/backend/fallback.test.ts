// Kernels that an engine lacks: they run on the cpu kernels, with one warning for each name.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { isBrowser, ownBackends, useBackend, valuesOf } from '../support/backends.js';
import { captureWarnings } from '../support/warnings.js';

describe('kernels that the official webgl backend lacks', () => {
  for (const backend of ownBackends) {
    describe(backend, () => {
      useBackend(backend);
      dilation2d(backend);
      if (isBrowser) pixels(backend);
    });
  }
});

/** The gradients of dilation2d: the official webgl backend has no kernel. */
function dilation2d(backend: string): void {
  it('Dilation2D has gradients', async () => {
    const gradients = () =>
      valuesOf(() => {
        const f = (x: tf.Tensor, filter: tf.Tensor) =>
          tf.dilation2d(x as tf.Tensor4D, filter as tf.Tensor3D, 1, 'valid');
        return tf.grads(f)([tf.tensor4d([1, 2, 3, 9], [1, 2, 2, 1]), tf.tensor3d([0.1, 0.2, 0.3, 0.4], [2, 2, 1])]);
      });
    const warnings = await captureWarnings(() => {
      for (let i = 0; i < 3; i++) {
        const [dx, dfilter] = gradients();
        expect(Array.from(dx)).to.deep.equal([0, 0, 0, 1]);
        expect(Array.from(dfilter)).to.deep.equal([0, 0, 0, 1]);
      }
    });
    const expected = ['Dilation2DBackpropFilter', 'Dilation2DBackpropInput'].map((kernel) => {
      return `convnet: ${kernel} has no WebGL kernel; it runs on the CPU, with its tensors moved there and back`;
    });
    expect(warnings.sort()).to.deep.equal(backend === 'convnet-webgl' ? expected : []);
  });
}

function pixels(backend: string): void {
  const image = () => {
    return new ImageData(Uint8ClampedArray.from([10, 20, 30, 255, 40, 50, 60, 255]), 2, 1);
  };

  it('tf.browser.fromPixels', () => {
    const [values] = valuesOf(() => tf.browser.fromPixels(image()));
    expect(Array.from(values)).to.deep.equal([10, 20, 30, 40, 50, 60]);
  });

  it('tf.browser.fromPixels of a canvas', () => {
    const canvas = document.createElement('canvas');
    canvas.width = 2;
    canvas.height = 1;
    canvas.getContext('2d')?.putImageData(image(), 0, 0);
    const [values] = valuesOf(() => tf.browser.fromPixels(canvas, 4));
    expect(Array.from(values)).to.deep.equal([10, 20, 30, 255, 40, 50, 60, 255]);
  });

  it('tf.browser.draw', async () => {
    const canvas = document.createElement('canvas');
    const x = tf.tensor3d([0, 1, 0, 1, 0, 1], [1, 2, 3]);
    const warnings = await captureWarnings(() => {
      tf.browser.draw(x, canvas);
      tf.browser.draw(x, canvas);
    });
    x.dispose();
    expect(Array.from(canvas.getContext('2d')?.getImageData(0, 0, 2, 1).data ?? [])).to.deep.equal([
      0, 255, 0, 255, 255, 0, 255, 255,
    ]);
    expect(warnings.length).to.equal(backend === 'convnet-webgl' ? 1 : 0);
  });
}

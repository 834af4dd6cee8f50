// The default data format: which layers and operations follow it, as in real Keras (test/layers/conv/seedPage.py).

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import * as keras from '../../../src/keras.js';
import { OpLayer } from '../../../src/layers/ops/opLayer.js';
import { findLayerClass } from '../../../src/layers/registry.js';
import { conv2d, imageDataFormat, setImageDataFormat } from '../../../src/layers.js';
import { useBackend } from '../../support/backends.js';
import seedPage from '../conv/seedPage.json' with { type: 'json' };

describe('the default data format', () => {
  useBackend('cpu');
  beforeEach(() => setImageDataFormat('channels_first'));
  afterEach(() => setImageDataFormat('channels_last'));

  for (const [className, { args, dataFormat }] of Object.entries(seedPage.dataFormats)) {
    const cls = findLayerClass(className);
    if (!cls) continue; // the list of layers that are not known is another test's
    it(className, () => {
      const format = (more?: object) => new cls({ ...args, ...more }).getKerasConfig().data_format;
      expect([format(), format({ dataFormat: null })]).to.deep.equal([dataFormat, dataFormat]);
      expect(format({ dataFormat: 'channels_last' })).to.equal('channels_last');
      setImageDataFormat('channels_last');
      expect(format()).to.equal('channels_last');
    });
  }

  it('changes no layer that exists, nor configs that say it', () => {
    const layer = conv2d({ filters: 2, kernelSize: 1 });
    const config = layer.getKerasConfig();
    setImageDataFormat('channels_last');
    expect(layer.computeOutputShape([1, 3, 4, 5])).to.deep.equal([1, 2, 4, 5]);
    expect(conv2d(config as never).computeOutputShape([1, 3, 4, 5])).to.deep.equal([1, 2, 4, 5]);
  });

  it('is that of raw operations without one', () => {
    const pool = new OpLayer({
      definition: {
        module: 'keras.src.ops.nn',
        className: 'MaxPool',
        registeredName: null,
        config: { name: 'pool', pool_size: 2 },
        args: [{ __input__: 0 }],
        kwargs: {},
      },
    });
    tf.tidy(() => {
      const x = tf.ones([1, 3, 4, 6]);
      expect((pool.apply(x) as tf.Tensor).shape).to.deep.equal([1, 3, 2, 3]);
      setImageDataFormat('channels_last');
      expect((pool.apply(x) as tf.Tensor).shape).to.deep.equal([1, 1, 2, 6]);
    });
  });

  it('is taken in any letter case and refused otherwise', () => {
    setImageDataFormat('Channels_Last');
    expect(imageDataFormat()).to.equal('channels_last');
    expect(() => setImageDataFormat('nchw'))
      .to.throw("The `data_format` argument must be one of {'channels_first', 'channels_last'}. Received: data_format=")
      .with.property('name', 'ValueError');
    expect(imageDataFormat()).to.equal('channels_last');
  });

  it('is one for both entries', () => {
    keras.setImageDataFormat('channels_last');
    expect(imageDataFormat()).to.equal('channels_last');
  });
});

// The lines of vocabulary.txt: those of Windows, tokens that are line breaks, weights behind the vocabulary.
// What Keras does was measured on Keras 3.15.1 on TensorFlow.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { loadKerasModel, saveKerasModel } from '../../../../src/keras.js';
import { linesOf } from '../../../../src/layers/preprocessing/lookup/vocabularyLines.js';
import { Input, model, type StringLookup, stringLookup } from '../../../../src/layers.js';
import { useBackend } from '../../../support/backends.js';

describe('lines of vocabulary.txt', () => {
  useBackend('convnet-cpu');

  it('end in line feeds, in those of Windows, or in carriage returns, as Python reads them', () => {
    for (const end of ['\n', '\r\n', '\r'])
      expect(linesOf(['', '[UNK]', 'cat'].join(end), 3)).to.deep.equal(['', '[UNK]', 'cat']);
  });

  it('lose empty lines at their end, as in Keras 3.15', () => {
    expect(linesOf('[UNK]\ncat\n\n', null)).to.deep.equal(['[UNK]', 'cat']);
  });

  it('hold the token of a line feed, which Keras loses or refuses', () => {
    for (const tokens of [
      ['', '[UNK]', 'a', '\n', 'b'],
      ['', '[UNK]', 'a', '\n'],
      ['[UNK]', '\n', 'a'],
    ]) {
      expect(linesOf(tokens.join('\n'), tokens.length)).to.deep.equal(tokens);
    }
  });

  it('keep other line ends of Python within tokens where the number of tokens fits', () => {
    expect(linesOf('[UNK]\na\u2028b', 2)).to.deep.equal(['[UNK]', 'a\u2028b']);
  });

  it('are not written for tokens that Keras would cut there: the config has the vocabulary', async () => {
    for (const token of ['a\nb', '\r', 'a\u2028b', '\x85', '\v', '\x1c']) {
      const layer = stringLookup({ maskToken: null });
      layer.adapt([token, token, 'c']);
      const x = Input({ shape: [1], dtype: 'string' });
      const net = model({ inputs: x, outputs: layer.apply(x) as tf.SymbolicTensor });
      const again = await loadKerasModel(await saveKerasModel(net, { format: 'keras' }));
      expect((again.layers.at(-1) as StringLookup).getVocabulary()).to.deep.equal(['[UNK]', token, 'c']);
      net.dispose();
      again.dispose();
    }
  });

  it('of tf_idf with pad_to_max_tokens have weights of their own number when the model is saved again', async () => {
    const options = { vocabulary: ['a', 'b'], idfWeights: [0.5, 1.5], outputMode: 'tf_idf', maxTokens: 6 } as const;
    const x = Input({ shape: [3], dtype: 'string' });
    let net = model({
      inputs: x,
      outputs: stringLookup({ ...options, padToMaxTokens: true }).apply(x) as tf.SymbolicTensor,
    });
    for (let trip = 0; trip < 3; trip++) {
      const y = tf.tidy(() => (net.predict(tf.tensor([['a', 'b', 'z']], [1, 3], 'string')) as tf.Tensor).arraySync());
      expect(y).to.deep.equal([[1, 0.5, 1.5, 0, 0, 0]]);
      const again = await loadKerasModel(await saveKerasModel(net, { format: 'keras' }));
      net.dispose();
      net = again as typeof net;
    }
    net.dispose();
  });

  it('of tf_idf may name the special tokens, with weights of their own', async () => {
    const options = { vocabulary: ['[UNK]', 'a', 'b'], idfWeights: [2, 0.5, 1.5], outputMode: 'tf_idf' } as const;
    const x = Input({ shape: [3], dtype: 'string' });
    const net = model({ inputs: x, outputs: stringLookup(options).apply(x) as tf.SymbolicTensor });
    const again = await loadKerasModel(await saveKerasModel(net, { format: 'keras' }));
    for (const one of [net, again]) {
      const y = tf.tidy(() => (one.predict(tf.tensor([['a', 'b', 'z']], [1, 3], 'string')) as tf.Tensor).arraySync());
      expect(y).to.deep.equal([[2, 0.5, 1.5]]);
      one.dispose();
    }
    const short = { ...options, idfWeights: [0.5, 1.5] };
    expect(() => stringLookup(short)).to.throw('len(idf_weights) is 2; len(vocabulary) is 3');
  });
});

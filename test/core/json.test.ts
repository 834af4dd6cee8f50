// Conversion of names and keys between Keras's and TensorFlow.js's spelling.

import { expect } from 'chai';
import { asKerasObject, camelKeys, isKerasObject, snakeKeys, toCamel, toSnake } from '../../src/core/json.js';

describe('spellings', () => {
  const pairs = {
    class_name: 'className',
    batch_input_shape: 'batchInputShape',
    l1: 'l1',
    seed: 'seed',
    zero_output_for_mask: 'zeroOutputForMask',
    a_b_c: 'aBC',
    conv2d_rate: 'conv2dRate',
  };

  it('of keys, and back', () => {
    for (const [snake, camel] of Object.entries(pairs)) {
      expect(toCamel(snake)).to.equal(camel);
      expect(toSnake(camel)).to.equal(snake);
      expect(toSnake(snake)).to.equal(snake);
      expect(toCamel(camel)).to.equal(camel);
    }
  });

  it('of names that would not come back are left alone', () => {
    for (const key of ['beta_1', 'My_layer', '__numpy__', '_name', 'name_', 'a__b', 'pkg>my_fn', 'Dense', 'a.b', '']) {
      expect(camelKeys({ [key]: 1 })).to.deep.equal({ [key]: 1 });
      expect(snakeKeys({ [key]: 1 })).to.deep.equal({ [key]: 1 });
    }
  });

  it('of classes, as Keras', () => {
    const names = {
      GlorotUniform: 'glorot_uniform',
      L1L2: 'l1l2',
      STFT: 'stft',
      ReLU: 're_lu',
      Conv2DTranspose: 'conv2d_transpose',
    };
    for (const [name, snake] of Object.entries(names)) expect(toSnake(name)).to.equal(snake);
  });

  it('of keys at any depth; values and instances stay', () => {
    const date = new Date(0);
    const snake = { a_key: [{ b_key: 'some_value' }, null, 1], date, c_key: { d_key: true } };
    const camel = { aKey: [{ bKey: 'some_value' }, null, 1], date, cKey: { dKey: true } };
    expect(camelKeys(snake)).to.deep.equal(camel);
    expect(snakeKeys(camel)).to.deep.equal(snake);
    expect((camelKeys(snake) as { date: Date }).date).to.equal(date);
  });
});

describe('Keras objects', () => {
  it('are told from other values', () => {
    for (const object of [
      { class_name: 'A', config: {} },
      { className: 'A', config: null },
    ]) {
      expect(isKerasObject(object)).to.equal(true);
      expect(asKerasObject(object as never)).to.deep.equal({ class_name: 'A', config: object.config });
    }
    class A {
      class_name = 'A';
      config = {};
    }
    for (const other of [
      null,
      1,
      'A',
      [],
      {},
      { class_name: 'A' },
      { config: {} },
      { class_name: 1, config: {} },
      new A(),
    ]) {
      expect(isKerasObject(other)).to.equal(false);
    }
  });
});

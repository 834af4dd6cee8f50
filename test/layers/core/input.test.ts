// Input: shapes, names and dtypes, and what Keras refuses.

import { expect } from 'chai';
import { Input, input } from '../../../src/layers.js';

describe('Input', () => {
  it('is input', () => {
    expect(Input).to.equal(input);
  });

  it('takes shapes and dtypes as Keras', () => {
    expect(input({ shape: [null, 3] }).shape).to.deep.equal([null, null, 3]);
    expect(input({ shape: [2], batchSize: 4 }).shape).to.deep.equal([4, 2]);
    expect(input({ batchShape: [4, 2] }).shape).to.deep.equal([4, 2]);
    const dtypes = ['float16', 'uint8', 'int64', 'bool', 'string'].map((dtype) => input({ shape: [], dtype }).dtype);
    expect(dtypes).to.deep.equal(['float32', 'int32', 'int32', 'bool', 'string']);
    expect(input({ shape: [1], name: 'picture' }).sourceLayer.name).to.equal('picture');
    expect(input({ shape: [1] }).sourceLayer.name).to.match(/^input_layer(_\d+)?$/);
  });

  it('refuses what Keras refuses', () => {
    expect(() => input({})).to.throw('You must pass a `shape` argument');
    expect(() => input({ shape: [1], batchShape: [1, 1] })).to.throw('You cannot pass both `shape` and `batch_shape`');
    expect(() => input({ shape: [-1] })).to.throw('to a shape');
    expect(() => input({ shape: [1], dtype: 'complex' })).to.throw('Invalid dtype');
  });
});

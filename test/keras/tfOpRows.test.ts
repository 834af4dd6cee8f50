// The functions of TensorFlow that are known, beside those that the models of tf.keras in test/fixtures/tf_ops call.

import { expect } from 'chai';
import { aliases, tfOpRows } from '../../src/keras/config/tfOpRows.js';
import { findOp, opTable } from '../../src/layers/ops/opTable.js';

describe('functions of TensorFlow', () => {
  it('name operations that are there', () => {
    const missing = Object.values(tfOpRows).filter(([path]) => !Object.hasOwn(opTable, path.split('.')[1]));
    expect(missing).to.deep.equal([]);
  });

  it('have older names that lead to one', () => {
    const lost = Object.values(aliases).filter((name) => !(name in tfOpRows) && findOp(`tf.${name}`) === undefined);
    expect(lost).to.deep.equal([]);
  });
});

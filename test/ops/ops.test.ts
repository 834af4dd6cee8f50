// Our ops on our backends, here and in the browser.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { fused } from '../../src/index.js';
import { ownBackends, useBackend, valuesOf } from '../support/backends.js';
import { opSuite } from '../support/opSuite.js';

describe('ops', () => {
  for (const backend of ownBackends) opSuite(backend);
});

describe('NaN passes through relu and relu6', () => {
  for (const backend of ownBackends) {
    describe(backend, () => {
      useBackend(backend);
      for (const activation of ['relu', 'relu6']) {
        it(activation, () => {
          const [y] = valuesOf(() => {
            const x = tf.tensor4d([Number.NaN, 1], [1, 1, 2, 1]);
            return fused.groupConv2d({ x, filter: [[[[1]]]], strides: 1, pad: 'valid', activation });
          });
          expect(Array.from(y)).to.deep.equal([Number.NaN, 1]);
        });
      }
    });
  }
});

// Our ops on backends that have no kernels of ours: composed of the backend's own convolutions. `wasm` is the hard one:
// it has no gradient kernel of any convolution.

import '@tensorflow/tfjs-backend-wasm';
import { opSuite } from '../support/opSuite.js';

describe('ops on other backends', () => {
  opSuite('cpu');
  opSuite('wasm');
});

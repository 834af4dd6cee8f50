// Compares the layers of src/layers/pooling with real Keras.

import { poolingLayers } from '../../../src/layers/pooling/index.js';
import { type Golden, testGoldens } from '../../support/layers/testConvGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('pooling', goldens as unknown as Golden[], poolingLayers);

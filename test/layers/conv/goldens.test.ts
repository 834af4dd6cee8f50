// Compares the layers of src/layers/conv with real Keras.

import { convLayers } from '../../../src/layers/conv/index.js';
import { type Golden, testGoldens } from '../../support/layers/testConvGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('conv', goldens as unknown as Golden[], convLayers);

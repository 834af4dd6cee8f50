// Compares activation layers with real Keras.

import { activationLayers } from '../../../src/layers/activation/index.js';
import { type Golden, testGoldens } from '../../support/layers/testGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('activation', goldens as unknown as Golden[], activationLayers);

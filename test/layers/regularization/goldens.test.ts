// Compares regularization layers with real Keras.

import { regularizationLayers } from '../../../src/layers/regularization/index.js';
import { type Golden, testGoldens } from '../../support/layers/testGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('regularization', goldens as unknown as Golden[], regularizationLayers);

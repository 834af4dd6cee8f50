// Compares preprocessing layers with real Keras.

import { preprocessingLayers } from '../../../src/layers/preprocessing/index.js';
import { type Golden, testGoldens } from '../../support/layers/testGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('preprocessing', goldens as unknown as Golden[], preprocessingLayers);

// Compares core layers with real Keras.

import { coreLayers } from '../../../src/layers/core/index.js';
import { type Golden, testGoldens } from '../../support/layers/testGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('core', goldens as unknown as Golden[], coreLayers);

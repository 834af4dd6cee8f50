// Compares the layers of keras.applications with real Keras.

import { applicationLayers } from '../../../src/layers/applications/index.js';
import { type Golden, testGoldens } from '../../support/layers/testGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('applications', goldens as unknown as Golden[], applicationLayers);

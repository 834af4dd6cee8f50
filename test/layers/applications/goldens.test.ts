// Applications layers against real Keras.

import { applicationLayers } from '../../../src/layers/applications/index.js';
import { type Golden, testGoldens } from '../../support/layers/golden.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('applications', goldens as unknown as Golden[], applicationLayers);

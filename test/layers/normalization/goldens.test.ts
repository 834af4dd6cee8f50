// Compares the layers of src/layers/normalization with real Keras.

import { normalizationLayers } from '../../../src/layers/normalization/index.js';
import { type Golden, testGoldens } from '../../support/layers/testConvGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('normalization', goldens as unknown as Golden[], normalizationLayers);

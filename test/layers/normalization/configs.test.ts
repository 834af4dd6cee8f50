// Compares configs, shapes and weights of src/layers/normalization with real Keras.

import '../../../src/layers/registry.js'; // for wrapped layers
import { normalizationLayers } from '../../../src/layers/normalization/index.js';
import rows from '../../fixtures/configs/layers.json' with { type: 'json' };
import { type ConfigRow, testConfigs } from '../../support/layers/testConfigs.js';

testConfigs('normalization', rows as unknown as ConfigRow[], normalizationLayers);

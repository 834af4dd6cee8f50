// Compares configs, shapes and weights of src/layers/pooling with real Keras.

import { poolingLayers } from '../../../src/layers/pooling/index.js';
import rows from '../../fixtures/configs/layers.json' with { type: 'json' };
import { type ConfigRow, testConfigs } from '../../support/layers/testConfigs.js';

testConfigs('pooling', rows as unknown as ConfigRow[], poolingLayers);

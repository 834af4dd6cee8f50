// Compares configs, shapes and weights of src/layers/conv with real Keras.

import { convLayers } from '../../../src/layers/conv/index.js';
import rows from '../../fixtures/configs/layers.json' with { type: 'json' };
import { type ConfigRow, testConfigs } from '../../support/layers/testConfigs.js';

testConfigs('conv', rows as unknown as ConfigRow[], convLayers);

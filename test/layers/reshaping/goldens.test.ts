// Compares reshaping layers with real Keras.

import { reshapingLayers } from '../../../src/layers/reshaping/index.js';
import { type Golden, testGoldens } from '../../support/layers/testGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('reshaping', goldens as unknown as Golden[], reshapingLayers);

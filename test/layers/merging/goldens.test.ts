// Compares merging layers with real Keras.

import { mergingLayers } from '../../../src/layers/merging/index.js';
import { type Golden, testGoldens } from '../../support/layers/testGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('merging', goldens as unknown as Golden[], mergingLayers);

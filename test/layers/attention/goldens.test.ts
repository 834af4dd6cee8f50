// Compares attention layers with real Keras.

import { attentionLayers } from '../../../src/layers/attention/index.js';
import { type Golden, testGoldens } from '../../support/layers/testGoldens.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('attention', goldens as unknown as Golden[], attentionLayers);

// The layers of src/layers/normalization against real Keras.

import { normalizationLayers } from '../../../src/layers/normalization/index.js';
import { type Golden, testGoldens } from '../../support/layers/convGolden.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('normalization', goldens as unknown as Golden[], normalizationLayers);

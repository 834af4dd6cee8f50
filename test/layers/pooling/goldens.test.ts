// The layers of src/layers/pooling against real Keras.

import { poolingLayers } from '../../../src/layers/pooling/index.js';
import { type Golden, testGoldens } from '../../support/layers/convGolden.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('pooling', goldens as unknown as Golden[], poolingLayers);

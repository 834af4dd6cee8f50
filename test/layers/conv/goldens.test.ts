// The layers of src/layers/conv against real Keras.

import { convLayers } from '../../../src/layers/conv/index.js';
import { type Golden, testGoldens } from '../../support/layers/convGolden.js';
import goldens from './goldens.json' with { type: 'json' };

testGoldens('conv', goldens as unknown as Golden[], convLayers);

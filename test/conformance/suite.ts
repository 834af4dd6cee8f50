// Entry of the conformance bundle: the environment first, then TensorFlow.js's specs.

import './environment.js';
import '@tensorflow/tfjs-core/dist/tests';

// The official `webgl` backend: its kernels.

import '@tensorflow/tfjs-backend-webgl';
import { OfficialKernels } from './officialKernels.js';

export const officialWebgl = new OfficialKernels('webgl');

// The package with the CPU engine alone, and without TensorFlow.js's WebGL backend. Importing it registers `convnet` and
// `convnet-cpu` with priority 0.

import { installCpuEngine } from './backend/cpu.js';
import { registerBackends } from './backend/register.js';

export * from './names.js';

installCpuEngine();
registerBackends();

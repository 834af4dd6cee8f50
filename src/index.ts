// The package with both engines. Importing it registers the backends `convnet`, `convnet-webgl` and `convnet-cpu` with
// priority 0: nothing changes until tf.setBackend() is called with one of them.

import { installCpuEngine } from './backend/cpu.js';
import { registerBackends } from './backend/register.js';
import { installWebglEngine } from './backend/webgl.js';

export * from './names.js';

installCpuEngine();
installWebglEngine();
registerBackends();

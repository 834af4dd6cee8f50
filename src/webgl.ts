// The package with the WebGL2 engine alone. Importing it registers `convnet` and `convnet-webgl` with priority 0.

import { registerBackends } from './backend/register.js';
import { installWebglEngine } from './backend/webgl.js';

export * from './names.js';

installWebglEngine();
registerBackends();

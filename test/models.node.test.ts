import { readNodeModule } from '../examples/upscale/nodeFiles.js';
import { modelSuite } from './modelSuite.js';

describe('real models', () => modelSuite(readNodeModule));

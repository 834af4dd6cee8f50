import { readNodeModule } from '../../examples/upscale/nodeFiles.js';
import { modelSuite } from '../support/modelSuite.js';

describe('real models', () => modelSuite(readNodeModule));

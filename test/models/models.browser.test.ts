import { modelSuite } from '../support/modelSuite.js';
import { fetchNodeModule } from '../support/models/fetchNodeModule.js';

describe('real models', () => modelSuite(fetchNodeModule()));

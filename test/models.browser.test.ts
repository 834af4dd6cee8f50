import { modelSuite } from './modelSuite.js';
import { fetchNodeModule } from './models/fetchNodeModule.js';

describe('real models', () => modelSuite(fetchNodeModule()));

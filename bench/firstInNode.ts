// The first prediction of a fresh process, as JSON on the last line: tsx bench/firstInNode.ts <model> <backend>

import { readNodeModule } from '../examples/upscale/nodeFiles.js';
import { comparisons } from './compare.js';

const [model, backend] = process.argv.slice(2);
console.log(JSON.stringify(await comparisons(readNodeModule).first({ model, backend })));

// One answer of a fresh process, as JSON on the last line: tsx bench/freshInNode.ts <question> <request as JSON>

import { readNodeModule } from '../examples/upscale/nodeFiles.js';
import { comparisons } from './compare.js';

const [question, request] = process.argv.slice(2);
const here = comparisons(readNodeModule);
const ask = question === 'memory' ? here.memory : here.first;
const answer = JSON.stringify(await ask(JSON.parse(request)));
process.stdout.write(`${answer}\n`, () => process.exit()); // whatever still waits for work

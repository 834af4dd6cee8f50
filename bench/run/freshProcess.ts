// One answer of a fresh process, as JSON on the last line: tsx bench/run/freshProcess.ts <question> <request as JSON>

import { readNodeModule } from '../../examples/upscale/nodeFiles.js';
import { answers } from '../measure/compare.js';

const [question, request] = process.argv.slice(2);
const ask = answers(readNodeModule)[question as 'contest' | 'first' | 'memory'];
const answer = JSON.stringify(await ask(JSON.parse(request) as never));
process.stdout.write(`${answer}\n`, () => process.exit()); // whatever still waits for work

// Measures one file in a fresh Node process, so that nothing of the last model takes memory:
//
//   node --import tsx compatibility/inNode.ts <request as JSON>
//
// The answer is JSON on the last line.

import { readFileSync } from 'node:fs';
import { saveKerasModel } from '../src/keras/save/saveKerasModel.js';
import { type Measured, measure, type Request } from './measure.js';

export interface NodeRequest extends Request {
  /** The file with the input's values. */
  readonly input: string;
  /** Files to save the model to. */
  readonly saveTo: readonly string[];
}

export interface NodeAnswer extends Measured {
  /** The time for each file. */
  readonly saveMs: readonly number[];
  /** The largest memory of the process. */
  readonly memoryMiB: number;
}

const request = JSON.parse(process.argv[2]) as NodeRequest;
const saveMs: number[] = [];
const measured = await measure(request, floats(request.input), async (model) => {
  for (const path of request.saveTo) {
    const start = performance.now();
    await saveKerasModel(model, { path });
    saveMs.push(performance.now() - start);
  }
});
const memoryMiB = Math.round(process.resourceUsage().maxRSS / 1024);
const answer: NodeAnswer = { ...measured, saveMs, memoryMiB };
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit()); // threads still wait for work

function floats(path: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(path)).buffer);
}

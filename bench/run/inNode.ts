// Answers of this Node process; what needs a fresh one gets one.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readNodeModule } from '../../examples/upscale/nodeFiles.js';
import type { KerasContestants } from '../contestants/keras.js';
import type { LayerPeers } from '../contestants/onnxRuntime.js';
import { answers, type Questions } from '../measure/compare.js';
import { bundle } from './bundle.js';

type Question = 'contest' | 'first' | 'memory';

let bundled: Promise<string> | undefined;

const script = fileURLToPath(new URL('./freshProcess.ts', import.meta.url));

export function inNode(layerPeers?: LayerPeers, keras?: KerasContestants): Questions {
  const here = answers(readNodeModule, layerPeers, keras);
  return {
    ...here,
    contest: async (contest) =>
      contest.kind === 'call' ? inBundledProcess('contest', contest) : here.contest(contest),
    first: async (request) => inFreshProcess('first', request),
    memory: async (request) => inFreshProcess('memory', request),
  };
}

/** Calls are too short for what tsx adds to them. */
async function inBundledProcess<Answer>(question: Question, request: object): Promise<Answer> {
  bundled ??= bundle('run/freshProcess.ts');
  return inFreshProcess(question, request, [await bundled]);
}

function inFreshProcess<Answer>(question: Question, request: object, how = ['--import', 'tsx', script]): Answer {
  // the flags that this process was started with, but for the modules that tsx loads
  const flags = process.execArgv.filter((flag) => /^--(?!require$|import$)/.test(flag));
  const args = [...flags, ...how, question, JSON.stringify(request)];
  const out = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Answer;
}

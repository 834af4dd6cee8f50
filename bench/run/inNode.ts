// Answers of this Node process; what needs a fresh one gets one.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readNodeModule } from '../../examples/upscale/nodeFiles.js';
import type { LayerPeers } from '../contestants/onnxRuntime.js';
import { answers, type Questions } from '../measure/compare.js';

const script = fileURLToPath(new URL('./freshProcess.ts', import.meta.url));

export function inNode(layerPeers?: LayerPeers): Questions {
  return {
    ...answers(readNodeModule, layerPeers),
    first: async (request) => inFreshProcess('first', request),
    memory: async (request) => inFreshProcess('memory', request),
  };
}

function inFreshProcess<Answer>(question: 'first' | 'memory', request: object): Answer {
  // the flags that this process was started with, but for the modules that tsx loads
  const flags = process.execArgv.filter((flag) => /^--(?!require$|import$)/.test(flag));
  const args = [...flags, '--import', 'tsx', script, question, JSON.stringify(request)];
  const out = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Answer;
}

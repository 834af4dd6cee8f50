// Comparisons in this Node process; what needs a fresh one gets one.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readNodeModule } from '../examples/upscale/nodeFiles.js';
import { type Comparisons, comparisons, type LayerPeers } from './compare.js';

const script = fileURLToPath(new URL('./freshInNode.ts', import.meta.url));

export function nodeRunner(layerPeers?: LayerPeers): Comparisons {
  return {
    ...comparisons(readNodeModule, layerPeers),
    first: async (request) => inFreshProcess('first', request),
    memory: async (request) => inFreshProcess('memory', request),
  };
}

function inFreshProcess<Answer>(question: 'first' | 'memory', request: object): Answer {
  const args = [...engineFlags(), '--import', 'tsx', script, question, JSON.stringify(request)];
  const out = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Answer;
}

/** Those that this process was started with, but for the modules that tsx loads. */
function engineFlags(): string[] {
  return process.execArgv.filter((flag) => flag.startsWith('--') && flag !== '--require' && flag !== '--import');
}

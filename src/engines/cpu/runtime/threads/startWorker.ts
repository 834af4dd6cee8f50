// Starts a worker from its source, in Node and in browsers, without waiting for it.

import { builtinModule } from '../../../../core/platform.js';

export interface WorkerHandle {
  post(message: object): void;
  /** Ends the worker at once. */
  end(): void;
}

/** Throws where there are no workers. Reports later errors to `onError`, and in Node the end of a worker. */
export type StartWorker = (source: string, onError: (reason: string) => void) => WorkerHandle;

type NodeWorkers = typeof import('node:worker_threads');

export const startWorker: StartWorker = (source, onError) => {
  const node = builtinModule('worker_threads') as NodeWorkers | undefined;
  return node ? startInNode(node, source, onError) : startInBrowser(source, onError);
};

/** Drops the options of the command line: each worker would load a loader from there again. */
function startInNode({ Worker }: NodeWorkers, source: string, onError: (reason: string) => void): WorkerHandle {
  const worker = new Worker(source, { eval: true, execArgv: [], env: {} });
  worker.unref();
  worker.on('error', (error: unknown) => onError(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => onError(`a worker has ended with exit code ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
  };
}

/** Addresses by source. An address is kept, since later workers start from it. */
const addresses = new Map<string, string>();

function startInBrowser(source: string, onError: (reason: string) => void): WorkerHandle {
  const address = addresses.get(source) ?? URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  addresses.set(source, address);
  const worker = new Worker(address, { name: 'convnet' });
  worker.onerror = (event) => {
    event.preventDefault();
    // An error from a content security policy has no message.
    onError(event.message || 'the page does not allow workers from blob: addresses');
  };
  return {
    post: (message) => worker.postMessage(message),
    end: () => worker.terminate(),
  };
}

// Models that TensorFlow.js has saved in the browser: `indexeddb://name` and `localstorage://name`, as the files that
// `model.save('downloads://name')` would have given.

import { io } from '@tensorflow/tfjs-core';
import { messageOf } from '../core/errors.js';
import { encodeText } from '../core/text.js';
import { fileError } from '../formats/kerasFileError.js';
import { type KerasSource, openSource, type SourceFile, type SourceOptions } from '../formats/source/openSource.js';

const SCHEME = /^(indexeddb|localstorage):\/\//;

/** As openSource, for these URLs too. */
export async function openKerasSource(source: KerasSource, options: SourceOptions): Promise<SourceFile> {
  const isStored = typeof source === 'string' && SCHEME.test(source);
  return openSource(isStored ? await filesOf(source) : source, options);
}

async function filesOf(url: string): Promise<KerasSource> {
  const artifacts = await load(url);
  const { modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0), ...facts } = artifacts;
  const { format, generatedBy, convertedBy, trainingConfig, userDefinedMetadata } = facts;
  const json = {
    modelTopology,
    format,
    generatedBy,
    convertedBy,
    trainingConfig,
    userDefinedMetadata,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  };
  const bytes = new Uint8Array(io.CompositeArrayBuffer.join(weightData as ArrayBuffer | ArrayBuffer[]));
  return [
    { name: 'model.json', bytes: encodeText(JSON.stringify(json)) },
    { name: 'weights.bin', bytes },
  ];
}

async function load(url: string): Promise<io.ModelArtifacts> {
  const [handler] = io.getLoadHandlers(url);
  try {
    if (!handler?.load) throw new Error('this platform has no such storage');
    return await handler.load();
  } catch (error) {
    throw fileError('loadKerasModel', `there is no model to load (${messageOf(error)})`, { url }, error);
  }
}

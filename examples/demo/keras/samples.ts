/** The sample models of the page. Vite copies the files into the built page. */
import type { NamedBytes } from '../../../src/keras.js';
import { ESRGAN_X2 } from '../../upscale/esrgan.js';
import { fetchModelFile } from '../files.js';
import branches from '../samples/branches.keras?url';

export type Sample = () => Promise<readonly NamedBytes[]>;

/** A model that Keras 3.15 wrote: two branches, 381 parameters, three classes, random weights. */
export const branchesSample: Sample = async () => {
  const response = await fetch(branches);
  if (!response.ok) throw new Error(`The server must send the sample; received status=${response.status}.`);
  return [{ name: 'branches.keras', bytes: await response.arrayBuffer() }];
};

/** A folder with a TensorFlow.js model of Keras 2.10, whose output is a picture. */
export const upscalerSample: Sample = async () => {
  const folder = ESRGAN_X2.path.slice(0, ESRGAN_X2.path.lastIndexOf('/') + 1);
  const names = ['model.json', 'group1-shard1of1.bin'];
  return Promise.all(names.map(async (name) => ({ name, bytes: await fetchModelFile(folder + name) })));
};

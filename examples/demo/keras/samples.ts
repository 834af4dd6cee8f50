/** The sample models of the page. Vite copies the files into the built page. */
import type { NamedBytes } from '../../../src/keras.js';
import { ESRGAN_X2 } from '../../upscale/esrgan.js';
import { fetchModelFile } from '../files.js';
import { PageError } from '../pageError.js';
import digits from '../samples/digits/digits.keras?url';
import sheet from '../samples/digits/held-back.png?url';
import labels from '../samples/digits/labels.txt?raw';

export interface Sample {
  readonly name: string;
  readonly files: () => Promise<readonly NamedBytes[]>;
  /** What it is, for visitors. */
  readonly about: string;
  /** The text of the file of labels. */
  readonly labels?: string;
  /** Pixels 0..255 go in, whatever the first layer is. */
  readonly range?: 'none';
  /** Pictures that suit it: squares on one sheet. */
  readonly sheet?: Sheet;
}

export interface Sheet {
  readonly url: string;
  readonly side: number;
}

/** A network that Keras trained on handwritten digits. README.md beside the file says how, and on what. */
export const digitsSample: Sample = {
  name: 'digits.keras',
  files: async () => [{ name: 'digits.keras', bytes: await (await fetchSample(digits)).arrayBuffer() }],
  about:
    'This network has learned from 8 000 handwritten digits. It sees 28 × 28 grey pixels and gives a probability for ' +
    'each digit. Draw one, or take a sample picture, which is new to it. It has learned nothing but digits: in the ' +
    'picture of a cat it sees one too.',
  labels,
  sheet: { url: sheet, side: 28 },
};

/** A folder with a TensorFlow.js model of Keras 2.10, whose output is a picture. */
export const upscalerSample: Sample = {
  name: 'ESRGAN-slim x2',
  files: async () => {
    const folder = ESRGAN_X2.path.slice(0, ESRGAN_X2.path.lastIndexOf('/') + 1);
    const names = ['model.json', 'group1-shard1of1.bin'];
    return Promise.all(names.map(async (name) => ({ name, bytes: await fetchModelFile(folder + name) })));
  },
  about: 'This network doubles the width and the height of a photograph.',
  range: 'none',
};

async function fetchSample(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok)
    throw new PageError('Reload the page.', `The server did not send the sample (status ${response.status}).`);
  return response;
}

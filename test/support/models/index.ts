// Trained networks for tests, in Node and in the browser: see README.md for where they come from and their licences.

import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import type { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { loadEsrganX2 } from '../../../examples/upscale/esrgan.js';
import { modelFiles, type ReadFile } from '../../../examples/upscale/modelFiles.js';
import { umdFiles } from './umdFiles.js';

export type { ReadFile };

/** Super-resolution; [n, h, w, 3] of 0..255 -> [n, 2h, 2w, 3] of about 0..255. */
export const esrganX2: (readFile: ReadFile) => Promise<LayersModel> = loadEsrganX2;

/** Classification; [n, 224, 224, 3] of 0..1 -> [n, 5]. */
export function nsfwMobilenetV2(readFile: ReadFile): Promise<LayersModel> {
  return loadLayersModel(modelFiles('nsfwjs/dist/models/mobilenet_v2/model.json', umdFiles(readFile)));
}

/** The same task with a larger network, as a graph; [n, 224, 224, 3] of 0..1 -> [n, 5]. */
export function nsfwMobilenetV2Mid(readFile: ReadFile): Promise<GraphModel> {
  return loadGraphModel(modelFiles('nsfwjs/dist/models/mobilenet_v2_mid/model.json', umdFiles(readFile)));
}

/** The same task with Inception v3; [n, 299, 299, 3] of 0..1 -> [n, 5]. */
export function nsfwInceptionV3(readFile: ReadFile): Promise<LayersModel> {
  return loadLayersModel(modelFiles(INCEPTION, umdFiles(readFile)));
}

/** The same network with the same weights on smaller pictures, which take a third of the time; [n, 171, 171, 3]. */
export function nsfwInceptionV3Small(readFile: ReadFile): Promise<LayersModel> {
  const { load } = modelFiles(INCEPTION, umdFiles(readFile)) as { load: () => Promise<io.ModelArtifacts> };
  return loadLayersModel({
    load: async () => {
      const artifacts = await load();
      const topology = JSON.stringify(artifacts.modelTopology)
        .replace('[null,299,299,3]', '[null,171,171,3]')
        .replace(/"pool_size":\[8,8\]/, '"pool_size":[4,4]'); // the last one takes the whole image
      return { ...artifacts, modelTopology: JSON.parse(topology) as object };
    },
  });
}

const INCEPTION = 'nsfwjs/dist/models/inception_v3/model.json';

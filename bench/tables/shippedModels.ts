// Networks that other people ship, in `@vladmandic/human` (MIT, Vladimir Mandic), a package of bench/package.json. They
// are graph models. Most take one picture of a fixed size.

import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import { modelFiles, type ReadFile } from '../../examples/upscale/modelFiles.js';

export interface ShippedModel {
  readonly name: string;
  readonly shape: readonly [number, number, number, number];
  readonly dtype: 'float32' | 'int32';
  /** Input values are 0..brightest. */
  readonly brightest: number;
  /** Whether the graph has loops or branches, so that it only runs asynchronously. */
  readonly isDynamic?: boolean;
}

const square = (size: number, channels = 3): ShippedModel['shape'] => [1, size, size, channels];
const floats = { dtype: 'float32', brightest: 1 } as const;

/** The four that issues and README name come first. */
export const shippedModels: readonly ShippedModel[] = [
  { name: 'blazeface', shape: square(256), ...floats },
  { name: 'facemesh', shape: square(192), ...floats },
  { name: 'movenet-lightning', shape: square(192), dtype: 'int32', brightest: 255 },
  { name: 'centernet', shape: square(512), ...floats },
  { name: 'iris', shape: square(64), ...floats },
  { name: 'emotion', shape: square(64, 1), ...floats },
  { name: 'faceres', shape: square(224), ...floats },
  { name: 'handlandmark-lite', shape: square(224), ...floats },
  { name: 'handtrack', shape: square(320), dtype: 'int32', brightest: 255, isDynamic: true },
];

/** Those that issues and README name. */
export const namedShipped = shippedModels.slice(0, 4);

/** @param readFile Reads files of bench/node_modules. */
export function loadShipped({ name }: ShippedModel, readFile: ReadFile): Promise<GraphModel> {
  return loadGraphModel(modelFiles(`@vladmandic/human/models/${name}.json`, readFile));
}

// Imports the layers and operations that a file names and that are not there from the start: most files need neither the
// operations nor the rare layers.

import { isPlainObject } from '../../core/json.js';
import { isOp } from '../../layers/ops/opLayer.js';
import { useOps } from '../../layers/ops/opLibrary.js';
import { addLayers } from '../../layers/registry.js';
import { isTfOp, useTfOps } from './tfOps.js';

/** The layers that come on demand; a test compares the list with the classes. */
export const layersOnDemand: ReadonlySet<string> = new Set(
  (
    'AugMix AutoContrast CategoryEncoding ContrastLimitedAdaptiveHistogramEqualization CutMix Discretization ' +
    'Equalization HashedCrossing Hashing IntegerLookup LocallyConnected1D LocallyConnected2D MaxNumBoundingBoxes ' +
    'MelSpectrogram MixUp Pipeline RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter ' +
    'RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur ' +
    'RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation ' +
    'RandomSaturation RandomSharpness RandomShear RandomTranslation RandomWidth RandomZoom STFTSpectrogram ' +
    'Solarization StringLookup TFDConcat TFDIdentity TextVectorization'
  ).split(' '),
);

interface Needs {
  ops: boolean;
  tfOps: boolean;
  /** Those of `layersOnDemand`. */
  layers: boolean;
}

/** @param model The serialized model. */
export async function loadNamedLayers(model: unknown): Promise<void> {
  const needs = needsOf(model);
  await Promise.all([needs.ops && loadOps(), needs.tfOps && loadTfOps(), needs.layers && loadRareLayers()]);
}

async function loadOps(): Promise<void> {
  const { operations } = await import('../../layers/ops/opTable.js');
  useOps(operations);
}

async function loadTfOps(): Promise<void> {
  const { translateTfOp } = await import('./translateTfOp.js');
  useTfOps(translateTfOp);
}

async function loadRareLayers(): Promise<void> {
  const [{ rareLayers }, { featureSpaceLayers }] = await Promise.all([
    import('../../layers/rareLayers.js'),
    import('../../layers/preprocessing/lookup/featureSpace.js'),
  ]);
  addLayers([...rareLayers, ...featureSpaceLayers]);
}

/** What a serialized model names, at any depth. */
export function needsOf(model: unknown): Readonly<Needs> {
  const needs = { ops: false, tfOps: false, layers: false };
  collect(model, needs);
  return needs;
}

function collect(value: unknown, needs: Needs): void {
  if (Array.isArray(value)) {
    for (const entry of value) collect(entry, needs);
  } else if (isPlainObject(value)) {
    const object = value as Record<string, unknown>;
    const { class_name: name } = object;
    if (typeof name === 'string') {
      needs.layers ||= layersOnDemand.has(name);
      needs.tfOps ||= isTfOp(object as never);
      needs.ops ||= needs.tfOps || isOp(object as never);
    }
    for (const entry of Object.values(object)) collect(entry, needs);
  }
}

// Writes the description of a model file for people.

import { bytesText, countText, grouped, shapeText } from '../../core/units.js';
import type { InspectedLayer, KerasFileInfo } from '../../keras.js';
import { unsupportedText } from '../shared/modelSource.js';
import { factsOf, tableOf } from '../shared/table.js';

export function inspectText(info: KerasFileInfo, withWeights: boolean): string {
  const parts = [factsOf(summaryOf(info))];
  if (info.layers.length > 0) parts.push(layerTable(info.layers));
  if (withWeights) parts.push(weightTable(info));
  if (info.unsupported.length > 0) parts.push(`Cannot be loaded: ${unsupportedText(info)}.`);
  return parts.join('\n\n');
}

const formatNames = { keras: '.keras archive', hdf5: 'HDF5', json: 'TensorFlow.js model.json' } as const;

function summaryOf(info: KerasFileInfo): [string, string][] {
  const { unsupported, layers, weights } = info;
  const known = layers.filter(({ isSupported }) => isSupported).length;
  const rows: [string, string | null][] = [
    ['file', `${info.fileName}, ${bytesText(info.bytes)}`],
    ['format', formatNames[info.format]],
    ['Keras', info.kerasVersion],
    ['saved', info.dateSaved],
    ['model', info.modelClass ? `${info.modelName} (${info.modelClass})` : 'none: weights only'],
    ['layers', layers.length > 0 ? `${layers.length}, ${unsupported.length === 0 ? 'all' : known} supported` : null],
    ['quantised', info.hasQuantizedWeights ? `${modesOf(layers)}; ${expansionOf(info)}` : null],
    ['weights', `${countText(info.parameterCount, 'parameter')} in ${countText(weights.length, 'weight')}`],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

function expansionOf({ weights }: KerasFileInfo): string {
  const holdsIntegers = weights.some(({ dtype }) => /^u?int8$/.test(dtype));
  return `loading expands the weights to float32${holdsIntegers ? ', which training then leaves as they are' : ''}`;
}

/** The modes of the layers with the number of layers of each: 'int8 in 3 layers'. */
function modesOf(layers: readonly InspectedLayer[]): string {
  const modes = layers.map(({ quantization }) => quantization).filter((mode) => mode !== null);
  const counted = [...new Set(modes)].map(
    (mode) => `${mode} in ${countText(modes.filter((m) => m === mode).length, 'layer')}`,
  );
  return counted.length > 0 ? counted.join(', ') : 'yes';
}

function layerTable(layers: readonly InspectedLayer[]): string {
  const columns = [{ title: 'layer', maxWidth: 44 }, { title: 'class' }, { title: 'input' }, { title: 'supported' }];
  const rows = layers.map((layer) => [
    layer.name,
    layer.className,
    shapeText(layer.inputShape),
    layer.isSupported ? 'yes' : 'NO',
  ]);
  return tableOf(columns, rows);
}

function weightTable({ weights }: KerasFileInfo): string {
  const columns = [
    { title: 'weight', maxWidth: 72 },
    { title: 'shape' },
    { title: 'type' },
    { title: 'parameters', align: 'right' as const },
  ];
  const rows = weights.map(({ path, shape, dtype }) => {
    return [path, shapeText(shape), dtype, grouped(shape.reduce((a, b) => a * b, 1))];
  });
  return tableOf(columns, rows);
}

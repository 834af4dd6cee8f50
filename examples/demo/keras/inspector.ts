/** Shows what a model file holds: facts, a table of layers, a table of weights. */

import { bytesText, countText, grouped, shapeText } from '../../../src/core/units.js';
import type { InspectedLayer, KerasFileInfo } from '../../../src/keras.js';
import { byId, element } from '../dom.js';

const panel = byId('inspector', HTMLElement);
const formats = { keras: '.keras archive', hdf5: 'HDF5 (.h5)', json: 'TensorFlow.js model.json' } as const;

/** The largest number of rows of a table: more would make the page slow, and nobody reads them. */
const MOST_ROWS = 2000;

export function hideInspector(): void {
  panel.hidden = true;
}

export function showInspector(info: KerasFileInfo): void {
  byId('summary', HTMLDListElement).replaceChildren(
    ...factsOf(info).flatMap(([label, text]) => [element('dt', { text: label }), element('dd', { text })]),
  );
  fill('layers', info.layers, layerRow);
  byId('weights-title', HTMLElement).textContent = `${countText(info.weights.length, 'weight')} with their paths`;
  fill('weights', info.weights, ({ path, shape, dtype }) => [
    element('td', { text: path, className: 'path' }),
    element('td', { text: shapeText(shape), className: 'shape' }),
    element('td', { text: dtype }),
  ]);
  panel.hidden = false;
}

function factsOf(info: KerasFileInfo): [string, string][] {
  const { unsupported, layers } = info;
  const supported = unsupported.length === 0 ? 'all run here' : `${unsupported.length} not known here`;
  const facts: [string, string | null][] = [
    ['Keras', info.kerasVersion],
    ['format', `${formats[info.format]}, ${bytesText(info.bytes)}`],
    ['model', info.modelClass ? `${info.modelName} (${info.modelClass})` : 'none: weights only'],
    ['layers', layers.length > 0 ? `${layers.length}, ${supported}` : null],
    ['parameters', grouped(info.parameterCount)],
    ['saved', info.dateSaved],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

function layerRow({ name, className, inputShape, isSupported }: InspectedLayer): HTMLTableCellElement[] {
  const mark = element('td', { text: isSupported ? '✓' : '✗', className: isSupported ? 'mark yes' : 'mark no' });
  mark.setAttribute('aria-label', isSupported ? 'runs here' : 'not known here');
  return [
    mark,
    element('td', { text: name, className: 'path' }),
    element('td', { text: className }),
    element('td', { text: shapeText(inputShape), className: 'shape' }),
  ];
}

function fill<T>(tableId: string, items: readonly T[], cells: (item: T) => readonly HTMLElement[]): void {
  const table = byId(tableId, HTMLTableElement);
  const rows = items.slice(0, MOST_ROWS).map((item) => element('tr', { children: cells(item) }));
  if (items.length > MOST_ROWS) {
    const more = element('td', { text: `and ${grouped(items.length - MOST_ROWS)} more` });
    rows.push(element('tr', { children: [more] }));
  }
  table.tBodies[0].replaceChildren(...rows);
  (table.parentElement as HTMLElement).hidden = items.length === 0;
}

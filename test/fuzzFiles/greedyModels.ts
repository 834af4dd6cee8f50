// Models that ask for more than a file can hold: one layer or operation of every class, with numbers that are far too
// large, in its config or in the shape of its input. There are no weights, so little else can stop the loader.

import type { Json, JsonObject } from '../../src/core/json.js';
import { readFixture } from '../support/keras/fixtureFiles.js';
import type { NamedFile } from './mutateFile.js';
import { mutateJson } from './mutateJson.js';
import type { Choice } from './random.js';

interface LayerRow {
  readonly class_name: string;
  readonly config: JsonObject;
}

interface OpRow {
  readonly module: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly args: Json;
  readonly kwargs: Json;
  readonly inputs: readonly (readonly [string, number[], boolean])[];
}

type Open = null | boolean | number | string | Open[] | { [key: string]: Open };

const shapes = [[6], [8, 4], [8, 8, 4], [4, 8, 8, 4], [4, 4, 8, 8, 4]];
const large = [1e3, 1e5, 3e6, 1e9, 1e12, 2 ** 31, 2 ** 40];

let rows: Promise<[LayerRow[], OpRow[]]> | undefined;

async function readRows(): Promise<[LayerRow[], OpRow[]]> {
  const read = async (path: string) => JSON.parse(new TextDecoder().decode(await readFixture(path)));
  const layers = await read('configs/layers.json');
  const conv2d = (await read('configs/conv2d.json')).map((row: LayerRow) => ({ ...row, class_name: 'Conv2D' }));
  return [[...layers, ...conv2d], await read('../layers/ops/goldens.json')];
}

/** A model.json of one layer or operation, and what it is. */
export async function greedyModel(random: Choice): Promise<{ title: string; files: NamedFile[] }> {
  rows ??= readRows();
  const [layers, ops] = await rows;
  const isOp = random.chance(0.5);
  const row = isOp ? random.pick(ops) : random.pick(layers);
  const model = 'className' in row ? opModel(row) : layerModel(row, random);
  const grown = grow(structuredClone(model) as Open, random);
  const head = '{"modelTopology":{"keras_version":"3.15.1","model_config":';
  const config = random.chance(0.85) ? JSON.stringify(grown) : mutateJson(grown as Json, random);
  const text = `${head}${config}},"weightsManifest":[]}`;
  const title = 'className' in row ? `operation ${row.className}` : `layer ${row.class_name}`;
  return { title, files: [{ name: 'model.json', bytes: new TextEncoder().encode(text) }] };
}

function inputLayer(name: string, shape: readonly number[]): Open {
  const config = { name, batch_shape: [null, ...shape], dtype: 'float32' };
  return { class_name: 'InputLayer', name, config, inbound_nodes: [] } as Open;
}

function layerModel({ class_name, config }: LayerRow, random: Choice): Open {
  const rank = Number(/([123])D/.exec(class_name)?.[1]);
  const shape = shapes[rank] ?? random.pick(shapes);
  const layer = { module: 'keras.layers', class_name, config: { ...config, name: 'layer' } } as Open;
  return { class_name: 'Sequential', config: { name: 'm', layers: [inputLayer('x', shape), layer] } };
}

function opModel({ module, className, config, args, kwargs, inputs }: OpRow): Open {
  const given = inputs.map(([, shape]) => shape.slice(1));
  const mark = (value: Json): Open => {
    if (Array.isArray(value)) return value.map((item: Json) => mark(item));
    if (typeof value !== 'object' || value === null) return value as Open;
    const { __input__: i } = value as { __input__?: number };
    if (i === undefined) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mark(item)]));
    return { class_name: '__keras_tensor__', config: { dtype: 'float32', keras_history: [`x${i}`, 0, 0] } };
  };
  const op = {
    module,
    class_name: className,
    name: 'op',
    config: { ...config, name: 'op' },
    registered_name: className,
    inbound_nodes: [{ args: mark(args), kwargs: mark(kwargs) }],
  } as Open;
  const layers = [...given.map((shape, i) => inputLayer(`x${i}`, shape)), op];
  const inputLayers = given.map((_, i) => [`x${i}`, 0, 0]);
  return {
    class_name: 'Functional',
    config: { name: 'm', layers, input_layers: inputLayers, output_layers: [['op', 0, 0]] },
  };
}

const counters = /^(keras_history|input_layers|output_layers|build_config)$/;

/** Makes one to three numbers far too large. */
function grow(model: Open, random: Choice): Open {
  const places: [{ [key: string]: Open }, string][] = [];
  const visit = (node: Open): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, item] of Object.entries(node)) {
      if (counters.test(key)) continue;
      if (typeof item === 'number' || (item === null && Array.isArray(node))) places.push([node as never, key]);
      else visit(item as Open);
    }
  };
  visit(model);
  const isShape = random.chance(0.3);
  const value = random.pick(large);
  for (let count = 1 + random.below(3); count > 0 && places.length > 0; count--) {
    const [node, key] = random.pick(places);
    node[key] = isShape ? value : random.pick(large);
  }
  return model;
}

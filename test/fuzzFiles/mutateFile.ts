// Broken copies of model files of every format: at the level of bytes, of archive members, of HDF5 trees and of JSON.

import { unzipSync, zipSync } from 'fflate';
import type { Json } from '../../src/core/json.js';
import { type H5Group, type H5Value, openHdf5 } from '../../src/formats/hdf5/hdf5.js';
import {
  type WriteAttribute,
  type WriteDataset,
  type WriteGroup,
  writeHdf5,
} from '../../src/formats/hdf5/writeHdf5.js';
import { parsePythonJson } from '../../src/formats/json/pythonJson.js';
import { corrupt } from '../support/formats/corrupt.js';
import { mutateJson } from './mutateJson.js';
import type { Choice } from './random.js';

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A broken copy of a model; the first file is the model, the others are its shards. */
export function mutateFiles(files: readonly NamedFile[], random: Choice): NamedFile[] {
  const [main, ...shards] = files;
  if (shards.length > 0 && random.chance(0.25)) return [main, ...mutateShards(shards, random)];
  return [{ ...main, bytes: mutateMain(main, random) }, ...shards];
}

function mutateMain({ name, bytes }: NamedFile, random: Choice): Uint8Array {
  if (random.chance(0.12)) return cut(bytes, random);
  if (random.chance(0.12)) return corrupt(bytes, random);
  if (bytes[0] === 0x50) return mutateArchive(bytes, random);
  if (bytes[0] === 0x89) return random.chance(0.5) ? corrupt(bytes, random) : mutateHdf5(bytes, random);
  return encoder.encode(mutateText(decoder.decode(bytes), random, name));
}

function cut(bytes: Uint8Array, random: Choice): Uint8Array {
  const at = random.below(bytes.length);
  switch (random.below(4)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return bytes.slice(at);
    case 2:
      return concat([bytes.subarray(0, at), bytes]);
    default: {
      const copy = bytes.slice();
      copy.fill(random.pick([0, 0xff]), at, at + random.below(200));
      return copy;
    }
  }
}

function mutateText(text: string, random: Choice, where: string): string {
  return mutateJson(parsePythonJson(text, { where }) as Json, random);
}

function mutateArchive(bytes: Uint8Array, random: Choice): Uint8Array {
  const members: Record<string, Uint8Array> = unzipSync(bytes);
  const weights = 'model.weights.h5';
  switch (random.below(10)) {
    case 0:
      members[weights] = corrupt(members[weights], random);
      break;
    case 1:
      members[weights] = mutateHdf5(members[weights], random);
      break;
    case 2:
      delete members[random.pick(Object.keys(members))];
      break;
    case 3: {
      const [from, to] = [random.pick(Object.keys(members)), random.pick(Object.keys(members))];
      members[to] = members[from];
      break;
    }
    case 4:
      members['metadata.json'] = encoder.encode(
        mutateText(decoder.decode(members['metadata.json']), random, 'metadata.json'),
      );
      break;
    default:
      members['config.json'] = encoder.encode(
        mutateText(decoder.decode(members['config.json']), random, 'config.json'),
      );
  }
  return zipSync(members, { level: random.chance(0.2) ? 9 : 0 });
}

/** The file written again by this package's own writer, with another config, or with other names and shapes. */
function mutateHdf5(bytes: Uint8Array, random: Choice): Uint8Array {
  const tree = copyGroup(openHdf5(bytes));
  const attributes = tree.attributes as Record<string, WriteAttribute>;
  const config = attributes.model_config;
  if (typeof config === 'string' && random.chance(0.8)) {
    attributes.model_config = mutateText(config, random, 'model_config');
  } else changeTree(tree, random);
  try {
    return writeHdf5(tree);
  } catch {
    return corrupt(bytes, random); // a name or value that the writer refuses
  }
}

type OpenGroup = {
  attributes: Record<string, WriteAttribute>;
  groups: Record<string, OpenGroup>;
  datasets: Record<string, WriteDataset>;
};

function copyGroup(group: H5Group): OpenGroup {
  const copy: OpenGroup = { attributes: {}, groups: {}, datasets: {} };
  for (const name of group.attributes.names) {
    const value = group.attributes.get(name);
    if (value !== undefined && value !== null) copy.attributes[name] = value as WriteAttribute & H5Value;
  }
  for (const name of group.keys()) {
    const child = group.group(name);
    const dataset = child ? null : group.dataset(name);
    if (child) copy.groups[name] = copyGroup(child);
    else if (dataset && /^(float(32|64)|u?int\d+|bool)$/.test(dataset.dtype)) {
      copy.datasets[name] = { shape: dataset.shape, dtype: dataset.dtype as 'float32', data: dataset.read() };
    }
  }
  return copy;
}

function changeTree(tree: OpenGroup, random: Choice): void {
  const groups: OpenGroup[] = [];
  const visit = (group: OpenGroup): void => {
    groups.push(group);
    Object.values(group.groups).forEach(visit);
  };
  visit(tree);
  for (let count = 1 + random.below(3); count > 0; count--) {
    const group = random.pick(groups);
    const other = random.pick(groups);
    const names = Object.keys(group.datasets);
    const name = random.pick(names.length > 0 ? names : ['0']);
    switch (random.below(7)) {
      case 0:
        delete group.datasets[name];
        break;
      case 1:
        group.datasets[random.pick(['0', '1', '7', 'x', 'kernel:0'])] = scalar(random);
        break;
      case 2:
        if (group.datasets[name])
          group.datasets[name] = { ...group.datasets[name], shape: [group.datasets[name].data.length] };
        break;
      case 3:
        Object.assign(group.attributes, { weight_names: random.pick<WriteAttribute>([[], ['x'], '', 'y', 3]) });
        break;
      case 4:
        Object.assign(group.attributes, { layer_names: random.pick<WriteAttribute>([[], ['x', 'x'], '', 'y', 3]) });
        break;
      case 5:
        if (!groups.includes(tree) || other !== tree) group.groups[`g${random.below(3)}`] = structuredClone(other);
        break;
      default:
        group.groups = {};
    }
  }
}

function scalar(random: Choice): WriteDataset {
  const size = random.pick([0, 1, 5, 1000]);
  return { shape: [size], dtype: 'float32', data: new Float32Array(size) };
}

function mutateShards(shards: readonly NamedFile[], random: Choice): NamedFile[] {
  const copy = [...shards];
  const i = random.below(copy.length);
  switch (random.below(4)) {
    case 0:
      copy.splice(i, 1);
      break;
    case 1:
      copy[i] = { ...copy[i], bytes: cut(copy[i].bytes, random) };
      break;
    case 2:
      copy[i] = { ...copy[i], bytes: corrupt(copy[i].bytes, random) };
      break;
    default:
      copy[i] = { ...copy[i], bytes: random.pick(copy).bytes };
  }
  return copy;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

export type { WriteGroup };

// The state of an optimizer by names, `<variable>/<slot>`, as TensorFlow.js's model.save() writes it.

import type { StateEntry } from '../../layers/optimizers/state.js';

/** A part of a state: what a StoredValue of a file has, or an optimizer of TensorFlow.js tells. */
export interface NamedValue {
  readonly path: string;
  readonly shape: readonly number[];
  numbers(): ArrayLike<number>;
}

/** How the slots of an optimizer of TensorFlow.js become Keras's. */
export interface SlotNames {
  /** Keras's name of each slot. */
  readonly names: Readonly<Record<string, string>>;
  /** What a value of TensorFlow.js is multiplied with. */
  readonly scale: number;
}

export interface FillRules {
  /** The names of TensorFlow.js's own optimizer. Undefined: the values are those of an optimizer of Keras. */
  readonly slots?: SlotNames;
  /** Whether the values are of another model object: its variables have other numbers behind their names. Default false. */
  readonly isOfFile?: boolean;
}

/**
 * Sets the entries to the values of their names. An optimizer of TensorFlow.js may tell more than Keras's keeps, and where it
 * lives it has no slots for variables that it has not trained.
 * @returns What is wrong, if nothing was set; else undefined.
 */
export function fillByName(
  entries: readonly StateEntry[],
  values: readonly NamedValue[],
  { slots, isOfFile = false }: FillRules,
): string | undefined {
  const found = new Map<string, NamedValue>();
  for (const value of values) {
    const key = keyOf(value.path, isOfFile, slots?.names);
    if (found.has(key)) return `two parts of it are of '${key}'`;
    found.set(key, value);
  }
  const pairs: [StateEntry, NamedValue][] = [];
  const taken = new Set<string>();
  for (const entry of entries) {
    const key = keyOf(entry.name, isOfFile);
    const value = found.get(key);
    if (taken.has(key)) return `two variables of the model are '${key}'`;
    taken.add(key);
    if (value && String(value.shape) === String(entry.shape)) pairs.push([entry, value]);
    else if (value) return `'${value.path}' has the shape [${value.shape}], and not [${entry.shape}]`;
    else if (isOfFile && !(slots && entry.name === 'learning_rate')) return `'${key}' is not in the file`;
  }
  const extra = [...found.keys()].find((key) => !taken.has(key));
  if (extra !== undefined && !slots) return `'${extra}' belongs to no variable that is trained`;
  for (const [entry, value] of pairs) {
    const isSlot = entry.name.includes('/');
    entry.write(isSlot && slots ? scaled(value.numbers(), slots.scale) : value.numbers());
  }
  return undefined;
}

/** The name of a part in Keras's words. Variables of files lose the number that TensorFlow.js puts behind equal names. */
function keyOf(path: string, isOfFile: boolean, slots: SlotNames['names'] = {}): string {
  const at = path.lastIndexOf('/');
  if (at < 0) return path === 'iter' ? 'iteration' : path;
  const [variable, slot] = [path.slice(0, at), path.slice(at + 1)];
  return `${isOfFile ? variable.replace(/_\d+$/, '') : variable}/${slots[slot] ?? slot}`;
}

/** The values times a factor. */
export function scaled(values: ArrayLike<number>, scale: number): ArrayLike<number> {
  return scale === 1 ? values : Float32Array.from(values, (value) => value * scale);
}

// What an optimizer keeps from step to step, as files hold it.

/** A variable that a file holds: of the model's shape, or a number. */
export interface StateEntry {
  readonly name: string;
  readonly shape: readonly number[];
  read(): Float32Array | Int32Array;
  write(values: ArrayLike<number>): void;
}

/** A number of an optimizer as an entry of its state. */
export function numberEntry(
  name: string,
  get: () => number,
  set: (value: number) => void,
  arrayType: Float32ArrayConstructor | Int32ArrayConstructor = Float32Array,
): StateEntry {
  return { name, shape: [], read: () => arrayType.of(get()), write: (values) => set(values[0]) };
}

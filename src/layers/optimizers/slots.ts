// The variables that an optimizer keeps beside those of the model, and their order in files.

import { fill, type Tensor, type Variable, variable, zeros } from '@tensorflow/tfjs-core';

/** A slot: a variable of the optimizer for each variable of the model. */
export interface Slot {
  readonly name: string;
  /** Its first values. Default: zeros of the variable's shape. Undefined: this variable has no such slot. */
  readonly first?: (of: Variable) => Tensor | undefined;
}

/** Slots that files hold one after the other for each variable; the groups themselves follow each other. */
export type SlotGroups = readonly (readonly Slot[])[];

/** The slots of one variable, by name. */
export type SlotVariables = Readonly<Record<string, Variable>>;

export const constantSlot = (name: string, value: number): Slot => ({
  name,
  first: ({ shape }) => fill(shape, value),
});

const ofZeros = ({ shape }: Variable): Tensor => zeros(shape);

export class Slots {
  readonly #groups: SlotGroups;
  /** By the name of the variable, which TensorFlow.js keeps unique. */
  readonly #byVariable = new Map<string, Record<string, Variable>>();

  constructor(groups: SlotGroups) {
    this.#groups = groups;
  }

  /** The slots of a variable, made at the first call. */
  of(owner: Variable): SlotVariables {
    const found = this.#byVariable.get(owner.name);
    if (found) return found;
    const made: Record<string, Variable> = {};
    for (const { name, first = ofZeros } of this.#groups.flat()) {
      const values = first(owner);
      if (!values) continue;
      made[name] = variable(values, false);
      values.dispose();
    }
    this.#byVariable.set(owner.name, made);
    return made;
  }

  /** All slots, in the order of Keras's files: in each group in that of the variables; default: as they were made. */
  list(variables?: readonly Variable[]): { readonly name: string; readonly slot: Variable }[] {
    const owners = variables?.map((variable) => [variable.name, this.of(variable)] as const) ?? [...this.#byVariable];
    return this.#groups.flatMap((group) =>
      owners.flatMap(([owner, slots]) =>
        group.filter(({ name }) => slots[name]).map(({ name }) => ({ name: `${owner}/${name}`, slot: slots[name] })),
      ),
    );
  }

  dispose(): void {
    for (const slots of this.#byVariable.values()) for (const slot of Object.values(slots)) slot.dispose();
    this.#byVariable.clear();
  }
}

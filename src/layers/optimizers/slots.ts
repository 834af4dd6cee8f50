// The variables that an optimizer keeps beside those of the model, and their order in files.

import { fill, type Tensor, type Variable, variable, zeros } from '@tensorflow/tfjs-core';

/** A slot: a variable of the optimizer for each variable of the model. */
export interface Slot {
  readonly name: string;
  /**
   * Its first values, with the slots before it. Default: zeros of the variable's shape. Undefined: this variable has no such
   * slot.
   */
  readonly first?: (of: Variable, before: SlotVariables) => Tensor | undefined;
  /** Whether `first` gives its values from the other slots at any time, so that files do not hold it. Default: false. */
  readonly isDerived?: boolean;
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
  /** Variables whose derived slots no longer follow from the others, which somebody has set. */
  readonly #stale = new Set<string>();

  constructor(groups: SlotGroups) {
    this.#groups = groups;
  }

  /** The slots of a variable, made at the first call. */
  of(owner: Variable): SlotVariables {
    const found = this.#byVariable.get(owner.name);
    if (found && !this.#stale.delete(owner.name)) return found;
    const made = found ?? {};
    for (const { name, first = ofZeros, isDerived } of this.#groups.flat()) {
      if (made[name] && !isDerived) continue;
      const values = first(owner, made);
      if (!values) continue;
      if (made[name]) made[name].assign(values);
      else made[name] = variable(values, false);
      values.dispose();
    }
    this.#byVariable.set(owner.name, made);
    return made;
  }

  /**
   * All slots of files, in their order: in each group in that of the variables; default: as they were made. Call `noteWrite`
   * after a slot was set.
   */
  list(variables?: readonly Variable[]): { readonly name: string; readonly slot: Variable; noteWrite(): void }[] {
    const owners = variables?.map((variable) => [variable.name, this.of(variable)] as const) ?? [...this.#byVariable];
    return this.#groups.flatMap((group) =>
      owners.flatMap(([owner, slots]) =>
        group
          .filter(({ name, isDerived }) => slots[name] && !isDerived)
          .map(({ name }) => ({
            ...{ name: `${owner}/${name}`, slot: slots[name] },
            noteWrite: () => void this.#stale.add(owner),
          })),
      ),
    );
  }

  dispose(): void {
    for (const slots of this.#byVariable.values()) for (const slot of Object.values(slots)) slot.dispose();
    this.#byVariable.clear();
  }
}

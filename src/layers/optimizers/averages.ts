// Moving averages of a model's variables, which `useEma` of all optimizers keeps.
// Source: https://keras.io/api/optimizers/ (use_ema)

import { tidy, type Variable } from '@tensorflow/tfjs-core';
import { withoutConstraints } from '../base/variables.js';
import { applyFormula, type Formula, unprepared } from './formula.js';
import { Slots } from './slots.js';

/** It begins with the variable's value: one that never has a gradient stays as it is when averages take its place. */
const average = { name: 'average', first: (variable: Variable) => variable.clone() };

export class Averages extends Slots {
  /** Whether the variables hold the averages, and the slots what was trained. */
  #areShown = false;

  constructor() {
    super([[average]]);
  }

  /**
   * Called after a step.
   * @param kept What each average keeps of itself.
   * @param overwrites Whether the variables become their averages.
   */
  follow(variables: readonly Variable[], kept: number, overwrites: boolean): void {
    const formula: Formula = { rule: 'average', scalars: { kept, take: 1 - kept } };
    for (const variable of variables) {
      const slots = this.of(variable);
      applyFormula(variable, variable, slots, formula, unprepared);
      if (overwrites) variable.assign(slots.average.clone());
    }
  }

  /** Exchanges the variables and their averages, if they are not yet as wanted. */
  show(variables: readonly Variable[], areShown: boolean): void {
    if (areShown === this.#areShown) return;
    withoutConstraints(() => {
      for (const variable of variables) {
        const slot = this.of(variable).average;
        tidy(() => {
          const [value, mean] = [variable.clone(), slot.clone()];
          variable.assign(mean);
          slot.assign(value);
        });
      }
    });
    this.#areShown = areShown;
  }

  /** Puts the averages in the place of the variables, and keeps them. */
  finalize(variables: readonly Variable[]): void {
    withoutConstraints(() => {
      for (const variable of variables) {
        const { average: slot } = this.of(variable);
        const [to, from] = this.#areShown ? [slot, variable] : [variable, slot];
        tidy(() => to.assign(from.clone()));
      }
    });
    this.#areShown = false;
  }
}

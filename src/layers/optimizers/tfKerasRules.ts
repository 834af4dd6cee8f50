// Optimizers of models that tf.keras wrote: some of their steps are not those of Keras 3.
// Source: https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/optimizers and losses of tf.keras 2.15

const followers = new WeakSet<object>();

/**
 * Lets an optimizer make its steps as tf.keras 2.11 to 2.15 does. Averages of `useEma` begin with the variables as they were
 * before the first step, and Nadam multiplies its product of decays for each variable.
 */
export function followTfKeras(optimizer: object): void {
  followers.add(optimizer);
}

export function followsTfKeras(optimizer: object): boolean {
  return followers.has(optimizer);
}

/**
 * Whether Nadam of tf.keras multiplies its product of decays when it updates a variable: for each one, but for the second
 * variable in the first step, the third one in the second step, and so on. Its counter is one of Python, which stands still
 * once the step is a graph of TensorFlow.
 * @param variable Counts the variables of a step from 0.
 * @param step Counts the steps from 1.
 */
export function takesDecayIn(variable: number, step: number): boolean {
  return variable !== step;
}

/** What Nadam of tf.keras multiplies its product of decays with in a step: this power of the step's decay. */
export function decaysIn(step: number, variables: number): number {
  return step < variables ? variables - 1 : variables;
}

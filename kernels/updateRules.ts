// The update rules of optimizers: what becomes of a variable and of what the optimizer keeps for it. Each is written once,
// over any arithmetic: of vectors in WebAssembly, of texels in GLSL, of numbers, and of TensorFlow.js's tensors. All of
// them go element by element.

/** What a rule is written with. */
export interface Arithmetic<V> {
  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  div(a: V, b: V): V;
  max(a: V, b: V): V;
  min(a: V, b: V): V;
  abs(a: V): V;
  sqrt(a: V): V;
  /** Both are 0 at least. A rule with powers has a scalar of the name `power`. */
  pow(a: V, power: V): V;
  /** -1, 0 or 1; of NaN, NaN. */
  sign(a: V): V;
}

/** The variable `w`, its gradient `g`, slots and scalars, by name. */
export type Operands<V> = Readonly<Record<string, V>>;

/** A value of `w`, and of each slot, after the step. */
export type Results<V> = Readonly<Record<string, V>>;

export interface Rule {
  /** What the optimizer keeps of each variable, by Keras's names. */
  readonly slots: readonly string[];
  /** Numbers that all elements share. */
  readonly scalars: readonly string[];
  /** Tensors of one value each, which a device may have computed and nobody has read. Default: none. */
  readonly measures?: readonly string[];
  /** Names of what changes, in the order of the results. Default: `w` and all slots. */
  readonly results?: readonly string[];
  step<V>(m: Arithmetic<V>, x: Operands<V>): Results<V>;
}

/** From a mean a part of the way to a value. */
function moved<V>(m: Arithmetic<V>, mean: V, value: V, part: V): V {
  return m.add(mean, m.mul(m.sub(value, mean), part));
}

/** A part of one value and a part of another one. */
function mixed<V>(m: Arithmetic<V>, a: V, partOfA: V, b: V, partOfB: V): V {
  return m.add(m.mul(a, partOfA), m.mul(b, partOfB));
}

const square = <V>(m: Arithmetic<V>, x: V): V => m.mul(x, x);

/** The means of the gradients and of their squares. */
function moments<V>(m: Arithmetic<V>, { g, momentum, velocity, take1, take2 }: Operands<V>) {
  return { momentum: moved(m, momentum, g, take1), velocity: moved(m, velocity, square(m, g), take2) };
}

const adamScalars = ['take1', 'take2', 'alpha', 'epsilon'] as const;

function adamStep<V>(m: Arithmetic<V>, { w, alpha, epsilon }: Operands<V>, momentum: V, velocity: V): V {
  return m.sub(w, m.div(m.mul(momentum, alpha), m.add(m.sqrt(velocity), epsilon)));
}

/** RMSprop, with the variance in the place of the mean square and with momentum, where they are asked for. */
function rmsprop(isCentered: boolean, hasMomentum: boolean): Rule {
  return {
    slots: ['velocity', ...(hasMomentum ? ['momentum'] : []), ...(isCentered ? ['average_gradient'] : [])],
    scalars: ['rate', 'rho', 'take', 'epsilon', 'kept'],
    step(m, { w, g, velocity, average_gradient, momentum, rate, rho, take, epsilon, kept }) {
      const squares = mixed(m, velocity, rho, square(m, g), take);
      const mean = isCentered && mixed(m, average_gradient, rho, g, take);
      const variance = mean ? m.sub(squares, square(m, mean)) : squares;
      const down = m.div(m.mul(g, rate), m.sqrt(m.add(variance, epsilon)));
      const step = hasMomentum ? m.add(m.mul(momentum, kept), down) : down;
      return {
        w: m.sub(w, step),
        velocity: squares,
        ...(hasMomentum && { momentum: step }),
        ...(mean && { average_gradient: mean }),
      };
    },
  };
}

/** A power takes longer than all the rest: that of the sum of squares before the step, `root`, is kept from step to step. */
function ftrl(hasPower: boolean): Rule {
  return {
    slots: ['accumulator', 'linear', ...(hasPower ? ['root'] : [])],
    scalars: ['rate', 'shrinkage', 'l1', 'minusL1', 'l2', ...(hasPower ? ['power'] : [])],
    step(m, { w, g, accumulator, linear, root: before, rate, shrinkage, l1, minusL1, l2, power }) {
      const squares = m.add(accumulator, square(m, g));
      const root = hasPower ? m.pow(squares, power) : m.sqrt(squares);
      const sigma = m.div(m.sub(root, hasPower ? before : m.sqrt(accumulator)), rate);
      const next = m.add(linear, m.sub(m.add(g, m.mul(w, shrinkage)), m.mul(sigma, w)));
      const cut = m.min(m.max(next, minusL1), l1);
      return {
        ...{ w: m.div(m.sub(cut, next), m.add(m.div(root, rate), l2)), accumulator: squares, linear: next },
        ...(hasPower && { root }),
      };
    },
  };
}

/** Gradient descent with momentum, Nesterov's where that is asked for. */
function momentum(isNesterov: boolean): Rule {
  return {
    slots: ['momentum'],
    scalars: ['rate', 'kept'],
    step(m, { w, g, momentum, rate, kept }) {
      const down = m.mul(g, rate);
      const next = m.sub(m.mul(momentum, kept), down);
      return { w: m.add(w, isNesterov ? m.sub(m.mul(next, kept), down) : next), momentum: next };
    },
  };
}

const table = {
  sgd: {
    slots: [],
    scalars: ['rate'],
    step: (m, { w, g, rate }) => ({ w: m.sub(w, m.mul(g, rate)) }),
  },
  momentum: momentum(false),
  nesterov: momentum(true),
  lion: {
    slots: ['momentum'],
    scalars: ['rate', 'kept1', 'take1', 'kept2', 'take2'],
    step: (m, { w, g, momentum, rate, kept1, take1, kept2, take2 }) => ({
      w: m.sub(w, m.mul(m.sign(mixed(m, momentum, kept1, g, take1)), rate)),
      momentum: mixed(m, momentum, kept2, g, take2),
    }),
  },
  adam: {
    slots: ['momentum', 'velocity'],
    scalars: adamScalars,
    step(m, x) {
      const next = moments(m, x);
      return { w: adamStep(m, x, next.momentum, next.velocity), ...next };
    },
  },
  amsgrad: {
    slots: ['momentum', 'velocity', 'velocity_hat'],
    scalars: adamScalars,
    step(m, x) {
      const next = moments(m, x);
      const most = m.max(x.velocity_hat, next.velocity);
      return { w: adamStep(m, x, next.momentum, most), ...next, velocity_hat: most };
    },
  },
  adamax: {
    slots: ['momentum', 'norm'],
    scalars: ['take1', 'kept2', 'rate', 'epsilon', 'correction'],
    step(m, { w, g, momentum, norm, take1, kept2, rate, epsilon, correction }) {
      const mean = moved(m, momentum, g, take1);
      const most = m.max(m.mul(norm, kept2), m.abs(g));
      const down = m.div(m.mul(mean, rate), m.mul(m.add(most, epsilon), correction));
      return { w: m.sub(w, down), momentum: mean, norm: most };
    },
  },
  nadam: {
    slots: ['momentum', 'velocity'],
    scalars: ['take1', 'take2', 'ahead', 'now', 'correction', 'rate', 'epsilon'],
    step(m, x) {
      const next = moments(m, x);
      const mean = mixed(m, next.momentum, x.ahead, x.g, x.now);
      const root = m.sqrt(m.mul(next.velocity, x.correction));
      return { w: m.sub(x.w, m.div(m.mul(mean, x.rate), m.add(root, x.epsilon))), ...next };
    },
  },
  /** Adam's step as a result of its own, `step`; the variable has its decay only. `trust` ends Lamb's step. */
  lamb: {
    slots: ['momentum', 'velocity'],
    results: ['w', 'momentum', 'velocity', 'step'],
    scalars: ['take1', 'take2', 'correction1', 'correction2', 'epsilon'],
    step(m, x) {
      const next = moments(m, x);
      const root = m.sqrt(m.mul(next.velocity, x.correction2));
      return { w: x.w, ...next, step: m.div(m.mul(next.momentum, x.correction1), m.add(root, x.epsilon)) };
    },
  },
  /** A step `g` of the variable's length times the rate. Both measures are sums of squares; where one is 0, as it is. */
  trust: {
    slots: [],
    measures: ['ownSquares', 'stepSquares'],
    scalars: ['rate', 'one'],
    step(m, { w, g, ownSquares, stepSquares, rate, one }) {
      const isUsual = m.mul(m.sign(ownSquares), m.sign(stepSquares));
      const divisor = m.max(m.sqrt(stepSquares), m.sub(one, m.sign(stepSquares)));
      const ratio = m.add(m.mul(isUsual, m.div(m.sqrt(ownSquares), divisor)), m.sub(one, isUsual));
      return { w: m.sub(w, m.mul(g, m.mul(ratio, rate))) };
    },
  },
  /** Adafactor's step of a vector, and of a matrix, whose new mean squares are given. */
  adafactorVector: {
    slots: ['velocity'],
    results: ['velocity', 'step'],
    scalars: ['kept', 'take', 'epsilon'],
    step(m, { g, velocity, kept, take, epsilon }) {
      const squares = mixed(m, velocity, kept, m.add(square(m, g), epsilon), take);
      return { velocity: squares, step: m.div(g, m.sqrt(squares)) };
    },
  },
  adafactorMatrix: {
    slots: ['velocity'],
    results: ['step'],
    scalars: [],
    step: (m, { g, velocity }) => ({ step: m.div(g, m.sqrt(velocity)) }),
  },
  /** The means of squares over rows or columns; `g` is the mean of this step. */
  moveMeans: {
    slots: ['means'],
    results: ['means'],
    scalars: ['kept', 'take', 'epsilon'],
    step: (m, { g, means, kept, take, epsilon }) => ({ means: mixed(m, means, kept, m.add(g, epsilon), take) }),
  },
  /** A step `g` with a root mean square of `threshold` at most, as large as the variable. */
  adafactor: {
    slots: [],
    measures: ['ownSquares', 'stepSquares'],
    scalars: ['rate', 'part', 'smallest', 'threshold', 'one'],
    step(m, { w, g, ownSquares, stepSquares, rate, part, smallest, threshold, one }) {
      const size = m.max(m.sqrt(m.mul(ownSquares, part)), smallest);
      const excess = m.max(m.div(m.sqrt(m.mul(stepSquares, part)), threshold), one);
      return { w: m.sub(w, m.mul(m.mul(size, rate), m.div(g, excess))) };
    },
  },
  /** The direction in which Muon turns a matrix: the momentum, or Nesterov's. */
  muon: {
    slots: ['momentum'],
    results: ['momentum', 'direction'],
    scalars: ['kept', 'now', 'ahead'],
    step(m, { g, momentum, kept, now, ahead }) {
      const next = m.add(m.mul(momentum, kept), g);
      return { momentum: next, direction: mixed(m, g, now, next, ahead) };
    },
  },
  /** `g` divided by its length, whose square is given. */
  unit: {
    slots: [],
    results: ['w'],
    measures: ['stepSquares'],
    scalars: ['epsilon'],
    step: (m, { g, stepSquares, epsilon }) => ({ w: m.div(g, m.add(m.sqrt(stepSquares), epsilon)) }),
  },
  /** So much of one matrix and so much of another one. */
  mix: {
    slots: [],
    scalars: ['partOfW', 'partOfG'],
    step: (m, { w, g, partOfW, partOfG }) => ({ w: mixed(m, w, partOfW, g, partOfG) }),
  },
  scheduleFree: {
    slots: ['momentum', 'velocity'],
    scalars: ['take2', 'correction', 'rate', 'epsilon', 'beta1', 'take1', 'before', 'now'],
    step(m, { w, g, momentum, velocity, take2, correction, rate, epsilon, beta1, take1, before, now }) {
      const v = moved(m, velocity, square(m, g), take2);
      const root = m.sqrt(m.mul(v, correction));
      const base = m.sub(momentum, m.div(m.mul(g, rate), m.add(root, epsilon)));
      const averageBefore = m.div(m.sub(w, m.mul(momentum, take1)), beta1);
      const average = mixed(m, averageBefore, before, base, now);
      return { w: mixed(m, base, take1, average, beta1), momentum: base, velocity: v };
    },
  },
  rmsprop: rmsprop(false, false),
  rmspropMomentum: rmsprop(false, true),
  rmspropCentered: rmsprop(true, false),
  rmspropCenteredMomentum: rmsprop(true, true),
  adadelta: {
    slots: ['accumulated_grad', 'accumulated_delta_var'],
    scalars: ['rho', 'take', 'rate', 'epsilon'],
    step(m, { w, g, accumulated_grad: squares, accumulated_delta_var: deltas, rho, take, rate, epsilon }) {
      const rootOf = (x: typeof w) => m.sqrt(m.add(x, epsilon));
      const next = mixed(m, squares, rho, square(m, g), take);
      const down = m.div(m.mul(rootOf(deltas), g), rootOf(next));
      return {
        w: m.sub(w, m.mul(down, rate)),
        accumulated_grad: next,
        accumulated_delta_var: mixed(m, deltas, rho, square(m, down), take),
      };
    },
  },
  adagrad: {
    slots: ['accumulator'],
    scalars: ['rate', 'epsilon'],
    step(m, { w, g, accumulator, rate, epsilon }) {
      const squares = m.add(accumulator, square(m, g));
      return { w: m.sub(w, m.div(m.mul(g, rate), m.sqrt(m.add(squares, epsilon)))), accumulator: squares };
    },
  },
  /** With a rate that falls with the root of the sum of squares, or with a power of it. */
  ftrl: ftrl(false),
  ftrlPower: ftrl(true),
  /** Sums gradients until there are enough of them. */
  accumulate: {
    slots: ['gradient_accumulator'],
    results: ['gradient_accumulator'],
    scalars: [],
    step: (m, { g, gradient_accumulator: sum }) => ({ gradient_accumulator: m.add(sum, g) }),
  },
  /** A moving average of the variable. */
  average: {
    slots: ['average'],
    results: ['average'],
    scalars: ['kept', 'take'],
    step: (m, { w, average, kept, take }) => ({ average: mixed(m, average, kept, w, take) }),
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof table;

export const rules: Readonly<Record<RuleName, Rule>> = table;

export const ruleNames = Object.keys(table) as readonly RuleName[];

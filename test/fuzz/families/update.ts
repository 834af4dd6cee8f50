// Steps of optimizers: every rule, with cut and limited gradients, beside Keras's formulas in float64.

import * as tf from '@tensorflow/tfjs';
import { measuresOf, ruleNames } from '../../../kernels/update.js';
import { type Update, update } from '../../../src/ops/update.js';
import {
  type Bounded,
  known,
  magnitude,
  minus,
  most,
  over,
  plus,
  power,
  root,
  signOf,
  times,
  within,
} from '../bounded.js';
import { type Draw, valuesOf } from '../draw.js';
import { type Expected, type Family, sizeOf } from '../family.js';
import { drawGive } from '../operands.js';

type Rule = Update['rule'];
type Numbers = Readonly<Record<string, number>>;
type Values = Readonly<Record<string, Bounded>>;

interface Formula {
  /** The tensors besides w and g; `+`: those without negative values, because they are means or sums of squares. */
  readonly slots: readonly string[];
  readonly scalars: (draw: Draw) => Numbers;
  /** The results in order, of one element. */
  readonly step: (x: Values) => Readonly<Record<string, Bounded>>;
}

const part = (draw: Draw) => Math.fround(0.05 + 0.9 * draw.unit());
const small = (draw: Draw) => Math.fround(10 ** -draw.whole(1, 6));
const rate = (draw: Draw) => ({ rate: Math.fround(0.001 + draw.unit()) });
const square = (x: Bounded) => times(x, x);
/** a * x + b * y */
const sum = (a: Bounded, x: Bounded, b: Bounded, y: Bounded) => plus(times(a, x), times(b, y));
/** The moving mean of x, which takes so much of y. */
const mean = (x: Bounded, y: Bounded, take: Bounded) => sum(minus(known(1), take), x, take, y);
const twoMeans = (draw: Draw) => ({ take1: part(draw), take2: part(draw), epsilon: small(draw) });

const adam = (isMost: boolean): Formula => ({
  slots: ['momentum', '+velocity', ...(isMost ? ['+velocity_hat'] : [])],
  scalars: (draw) => ({ ...twoMeans(draw), alpha: rate(draw).rate }),
  step({ w, g, momentum, velocity, velocity_hat, take1, take2, alpha, epsilon }) {
    const m = mean(momentum, g, take1);
    const v = mean(velocity, square(g), take2);
    const hat = isMost ? most(velocity_hat, v) : v;
    const next = minus(w, over(times(alpha, m), plus(root(hat), epsilon)));
    return { w: next, momentum: m, velocity: v, ...(isMost && { velocity_hat: hat }) };
  },
});

const momentum = (isNesterov: boolean): Formula => ({
  slots: ['momentum'],
  scalars: (draw) => ({ ...rate(draw), kept: part(draw) }),
  step({ w, g, momentum, rate, kept }) {
    const v = minus(times(kept, momentum), times(rate, g));
    return { w: isNesterov ? minus(plus(w, times(kept, v)), times(rate, g)) : plus(w, v), momentum: v };
  },
});

const rmsprop = (isCentered: boolean, hasMomentum: boolean): Formula => ({
  slots: ['+velocity', ...(hasMomentum ? ['momentum'] : []), ...(isCentered ? ['average_gradient'] : [])],
  scalars(draw) {
    const rho = part(draw);
    return { ...rate(draw), rho, take: Math.fround(1 - rho), epsilon: small(draw), kept: part(draw) };
  },
  step({ w, g, velocity, momentum, average_gradient, rate, rho, take, epsilon, kept }) {
    const v = sum(rho, velocity, take, square(g));
    const average = isCentered ? sum(rho, average_gradient, take, g) : known(0);
    const down = over(times(rate, g), root(plus(minus(v, square(average)), epsilon)));
    const step = hasMomentum ? plus(times(kept, momentum), down) : down;
    const slots = { ...(hasMomentum && { momentum: step }), ...(isCentered && { average_gradient: average }) };
    return { w: minus(w, step), velocity: v, ...slots };
  },
});

const ftrl = (rootOf: (x: Bounded) => Bounded, more: Numbers, hasPower: boolean): Formula => ({
  slots: ['+accumulator', 'linear', ...(hasPower ? ['+root'] : [])],
  scalars(draw) {
    const l1 = Math.fround(draw.unit());
    return { ...rate(draw), shrinkage: part(draw), l1, minusL1: -l1, l2: part(draw), ...more };
  },
  step({ w, g, accumulator, linear, root: before = rootOf(accumulator), rate, shrinkage, l1, l2 }) {
    const squares = plus(accumulator, square(g));
    const sigma = over(minus(rootOf(squares), before), rate);
    const next = minus(plus(linear, plus(g, times(shrinkage, w))), times(sigma, w));
    const down = minus(within(next, l1.value), next);
    const results = { w: over(down, plus(over(rootOf(squares), rate), l2)), accumulator: squares, linear: next };
    return hasPower ? { ...results, root: rootOf(squares) } : results;
  },
});

const formulas: Readonly<Record<Rule, Formula>> = {
  sgd: { slots: [], scalars: rate, step: ({ w, g, rate }) => ({ w: minus(w, times(rate, g)) }) },
  momentum: momentum(false),
  nesterov: momentum(true),
  lion: {
    slots: ['momentum'],
    scalars: (draw) => ({ ...rate(draw), kept1: part(draw), take1: part(draw), kept2: part(draw), take2: part(draw) }),
    step: ({ w, g, momentum, rate, kept1, take1, kept2, take2 }) => ({
      w: minus(w, times(rate, signOf(sum(kept1, momentum, take1, g)))),
      momentum: sum(kept2, momentum, take2, g),
    }),
  },
  adam: adam(false),
  amsgrad: adam(true),
  adamax: {
    slots: ['momentum', '+norm'],
    scalars: (draw) => ({
      ...rate(draw),
      ...{ take1: part(draw), kept2: part(draw), epsilon: small(draw), correction: part(draw) },
    }),
    step({ w, g, momentum, norm, take1, kept2, rate, epsilon, correction }) {
      const m = mean(momentum, g, take1);
      const u = most(times(kept2, norm), magnitude(g));
      return { w: minus(w, over(times(rate, m), times(plus(u, epsilon), correction))), momentum: m, norm: u };
    },
  },
  nadam: {
    slots: ['momentum', '+velocity'],
    scalars: (draw) => ({
      ...twoMeans(draw),
      ...rate(draw),
      ...{ ahead: part(draw), now: part(draw), correction: part(draw) },
    }),
    step({ w, g, momentum, velocity, take1, take2, ahead, now, correction, rate, epsilon }) {
      const [m, v] = [mean(momentum, g, take1), mean(velocity, square(g), take2)];
      const down = over(times(rate, sum(ahead, m, now, g)), plus(root(times(correction, v)), epsilon));
      return { w: minus(w, down), momentum: m, velocity: v };
    },
  },
  lamb: {
    slots: ['momentum', '+velocity'],
    scalars: (draw) => ({ ...twoMeans(draw), correction1: part(draw), correction2: part(draw) }),
    step({ w, g, momentum, velocity, take1, take2, correction1, correction2, epsilon }) {
      const [m, v] = [mean(momentum, g, take1), mean(velocity, square(g), take2)];
      const step = over(times(correction1, m), plus(root(times(correction2, v)), epsilon));
      return { w, momentum: m, velocity: v, step };
    },
  },
  scheduleFree: {
    slots: ['momentum', '+velocity'],
    scalars(draw) {
      const beta1 = Math.fround(0.5 + draw.unit() / 2);
      const now = part(draw);
      return {
        ...{ take2: part(draw), correction: part(draw), ...rate(draw), epsilon: small(draw) },
        ...{ beta1, take1: Math.fround(1 - beta1), before: Math.fround(1 - now), now },
      };
    },
    step({ w, g, momentum, velocity, take2, correction, rate, epsilon, beta1, take1, before, now }) {
      const v = mean(velocity, square(g), take2);
      const z = minus(momentum, over(times(rate, g), plus(root(times(correction, v)), epsilon)));
      const x = over(minus(w, times(take1, momentum)), beta1);
      return { w: sum(take1, z, beta1, sum(before, x, now, z)), momentum: z, velocity: v };
    },
  },
  rmsprop: rmsprop(false, false),
  rmspropMomentum: rmsprop(false, true),
  rmspropCentered: rmsprop(true, false),
  rmspropCenteredMomentum: rmsprop(true, true),
  adadelta: {
    slots: ['+accumulated_grad', '+accumulated_delta_var'],
    scalars: (draw) => ({ ...rate(draw), rho: part(draw), take: part(draw), epsilon: small(draw) }),
    step({ w, g, accumulated_grad, accumulated_delta_var, rho, take, rate, epsilon }) {
      const squares = sum(rho, accumulated_grad, take, square(g));
      const down = over(times(root(plus(accumulated_delta_var, epsilon)), g), root(plus(squares, epsilon)));
      const deltas = sum(rho, accumulated_delta_var, take, square(down));
      return { w: minus(w, times(rate, down)), accumulated_grad: squares, accumulated_delta_var: deltas };
    },
  },
  adagrad: {
    slots: ['+accumulator'],
    scalars: (draw) => ({ ...rate(draw), epsilon: small(draw) }),
    step({ w, g, accumulator, rate, epsilon }) {
      const squares = plus(accumulator, square(g));
      return { w: minus(w, over(times(rate, g), root(plus(squares, epsilon)))), accumulator: squares };
    },
  },
  ftrl: ftrl(root, {}, false),
  ftrlPower: ftrl((x) => power(x, Math.fround(0.7)), { power: Math.fround(0.7) }, true),
  trust: {
    slots: [],
    scalars: (draw) => ({ ...rate(draw), one: 1 }),
    step: ({ w, g, ownSquares, stepSquares, rate }) => ({
      w: minus(w, times(times(over(root(ownSquares), root(stepSquares)), rate), g)),
    }),
  },
  adafactorVector: {
    slots: ['+velocity'],
    scalars: (draw) => ({ kept: part(draw), take: part(draw), epsilon: small(draw) }),
    step({ g, velocity, kept, take, epsilon }) {
      const v = sum(kept, velocity, take, plus(square(g), epsilon));
      return { velocity: v, step: over(g, root(v)) };
    },
  },
  adafactorMatrix: {
    slots: ['+velocity'],
    scalars: () => ({}),
    step: ({ g, velocity }) => ({ step: over(g, root(velocity)) }),
  },
  moveMeans: {
    slots: ['+means'],
    scalars: (draw) => ({ kept: part(draw), take: part(draw), epsilon: small(draw) }),
    step: ({ g, means, kept, take, epsilon }) => ({ means: sum(kept, means, take, plus(g, epsilon)) }),
  },
  adafactor: {
    slots: [],
    scalars: (draw) => ({ ...rate(draw), part: part(draw), smallest: small(draw), threshold: part(draw), one: 1 }),
    step({ w, g, ownSquares, stepSquares, rate, part, smallest, threshold, one }) {
      const size = most(root(times(ownSquares, part)), smallest);
      const excess = most(over(root(times(stepSquares, part)), threshold), one);
      return { w: minus(w, times(times(size, rate), over(g, excess))) };
    },
  },
  muon: {
    slots: ['momentum'],
    scalars: (draw) => ({ kept: part(draw), now: draw.pick([0, 1]), ahead: part(draw) }),
    step({ g, momentum, kept, now, ahead }) {
      const m = plus(times(kept, momentum), g);
      return { momentum: m, direction: sum(now, g, ahead, m) };
    },
  },
  unit: {
    slots: [],
    scalars: (draw) => ({ epsilon: small(draw) }),
    step: ({ g, stepSquares, epsilon }) => ({ w: over(g, plus(root(stepSquares), epsilon)) }),
  },
  mix: {
    slots: [],
    scalars: (draw) => ({ partOfW: -part(draw), partOfG: part(draw) }),
    step: ({ w, g, partOfW, partOfG }) => ({ w: sum(partOfW, w, partOfG, g) }),
  },
  accumulate: {
    slots: ['gradient_accumulator'],
    scalars: () => ({}),
    step: ({ g, gradient_accumulator }) => ({ gradient_accumulator: plus(gradient_accumulator, g) }),
  },
  average: {
    slots: ['average'],
    scalars: (draw) => ({ kept: part(draw), take: part(draw) }),
    step: ({ w, average, kept, take }) => ({ average: sum(kept, average, take, w) }),
  },
};

export const updateFamily: Family = {
  name: 'update',
  problem(draw) {
    const rule = draw.pick(ruleNames);
    const { slots, scalars: drawScalars } = formulas[rule];
    const shape = draw.shape(draw.whole(1, 4));
    const kind = draw.valueKind();
    const drawn = ['w', 'g', ...slots].map((name, i) => {
      const values = valuesOf(name === 'g' ? kind : 'uniform', sizeOf(shape), draw.seed + i);
      return [name.replace('+', ''), name.startsWith('+') ? values.map(Math.abs) : values] as const;
    });
    const values = Object.fromEntries(drawn);
    if (draw.chance(0.1)) values.g[draw.whole(0, values.g.length - 1)] = Number.NaN;
    // A mean of squares is no less than the square of the mean.
    values.velocity?.forEach((v, i) => {
      values.velocity[i] = v + (values.average_gradient?.[i] ?? 0) ** 2;
    });
    const norm = draw.pick(['none', 'none', 'own', 'all'] as const);
    const isCut = draw.chance(0.3);
    const squares = Math.fround(draw.unit() * 8);
    const measures = Object.fromEntries(measuresOf({ rule }).map((name) => [name, Math.fround(0.1 + draw.unit() * 8)]));
    const limit = Math.fround(0.05 + draw.unit());
    const common = { factor: Math.fround(draw.pick([1, 1, 0.25, draw.unit()])), keep: draw.pick([1, part(draw)]) };
    const scalars = { ...drawScalars(draw), ...common, limit, minusLimit: -limit, clipnorm: part(draw) };
    const give = drawGive(draw);
    return {
      title: `${rule} of [${shape}], ${norm}, ${isCut ? 'cut' : 'not cut'}, ${JSON.stringify(scalars)}, ${kind}`,
      run() {
        // The CPU engine changes what it is given where nobody else holds it.
        const inputs = drawn.map(([name], i) => [name, give(i, values[name].slice(), shape)] as const);
        const numbers = { ...measures, ...(norm === 'none' ? {} : { squares }) };
        const limited = Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)] as const);
        return update({ rule, isCut, norm, scalars, inputs: Object.fromEntries([...inputs, ...limited]) });
      },
      expected: expectUpdate({
        ...{ rule, isCut, shape, values },
        scalars: { ...scalars, ...measures },
        squares: norm === 'none' ? undefined : squares,
      }),
    };
  },
};

interface Case {
  readonly rule: Rule;
  readonly isCut: boolean;
  readonly shape: readonly number[];
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly scalars: Numbers;
  /** The sum of squares whose root is limited; none: it is not. */
  readonly squares: number | undefined;
}

function expectUpdate({ rule, isCut, shape, values, scalars, squares }: Case): Expected[] {
  const numbers = Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, known(value)]));
  const { factor, keep, limit, clipnorm } = numbers;
  const length = squares === undefined ? known(0) : times(root(known(squares)), magnitude(factor));
  const scale = times(factor, over(clipnorm, most(length, clipnorm)));
  const rows = Array.from({ length: sizeOf(shape) }, (_, i) => {
    const x = Object.fromEntries(Object.entries(values).map(([name, all]) => [name, known(all[i])]));
    const scaled = times(x.g, scale);
    const g = isCut ? within(scaled, limit.value) : scaled;
    return formulas[rule].step({ ...numbers, ...x, g, w: times(x.w, keep) });
  });
  return Object.keys(rows[0]).map((name) => ({
    ...{ name, shape },
    values: rows.map((row) => row[name].value),
    tolerance: (i) => rows[i][name].error + 1e-30,
  }));
}

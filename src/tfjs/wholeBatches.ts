// Products of batches of matrices that broadcast against each other, such as [2, 1] with [2, 3] or [1, 3]: the official
// kernels pair the wrong matrices there, without a word. Each operand is repeated first, so that nothing is left to
// broadcast.

import { broadcast_util, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core';

interface Repeating {
  /** The kernel `Tile` of the backend. */
  readonly tile: KernelFunc;
  readonly dispose: (info: TensorInfo, backend: object) => void;
}

/** `matMul` for operands `a` and `b`, whose batches are repeated where the official kernels are wrong. */
export function wholeBatches(matMul: KernelFunc, { tile, dispose }: Repeating): KernelFunc {
  return (args) => {
    const { a, b } = args.inputs as unknown as Record<'a' | 'b', TensorInfo>;
    const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
    if (!isMutual(outerA, outerB)) return matMul(args);
    const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
    const repeated = (x: TensorInfo) => {
      const shape = [...Array<number>(outer.length + 2 - x.shape.length).fill(1), ...x.shape];
      const reps = shape.map((size, i) => (i < outer.length ? outer[i] / size : 1));
      return tile({ inputs: { x: { ...x, shape } }, attrs: { reps }, backend: args.backend }) as TensorInfo;
    };
    const whole = { a: repeated(a), b: repeated(b) };
    const result = matMul({ ...args, inputs: { ...args.inputs, ...whole } });
    for (const info of Object.values(whole)) dispose(info, args.backend);
    return result;
  };
}

/** One matrix for all, and batches of the same shape or with more axes in front, are right. */
function isMutual(a: readonly number[], b: readonly number[]): boolean {
  const [sizeA, sizeB] = [a, b].map((shape) => util.sizeFromShape([...shape]));
  if (sizeA <= 1 || sizeB <= 1) return false;
  const isTail = (short: readonly number[], long: readonly number[]) => {
    const from = short.findIndex((size) => size !== 1);
    const own = short.slice(from);
    return util.arraysEqual(own, long.slice(long.length - own.length));
  };
  return !isTail(a, b) && !isTail(b, a);
}

// Whether two runs of a model do the same: the same draws with the same numbers into the same textures, and the same values
// of JavaScript. Random numbers, counters and caches make them differ.

import type { RecordedStep } from './recorder.js';
import type { VirtualTexture } from './virtualTexture.js';

interface Run {
  readonly steps: readonly RecordedStep[];
}

/** The kernel whose step differs, if one does. */
export function differenceOf(a: Run, b: Run): string | undefined {
  const length = Math.max(a.steps.length, b.steps.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a.steps[i], b.steps[i]];
    if (!left || !right || !isSameStep(left, right)) return (right ?? left).kernelName;
  }
  return undefined;
}

function isSameStep(a: RecordedStep, b: RecordedStep): boolean {
  if (a.kernelName !== b.kernelName || !isSameTexture(a.target, b.target)) return false;
  if (a.kind === 'upload') return b.kind === 'upload' && isSame(a.values, b.values);
  if (b.kind === 'upload') return false;
  return (
    a.program === b.program &&
    a.vertexArray === b.vertexArray &&
    isSame(a.viewport, b.viewport) &&
    isSame(a.scissor, b.scissor) &&
    a.textures.length === b.textures.length &&
    a.textures.every(({ unit, texture }, i) => {
      return unit === b.textures[i].unit && isSameTexture(texture, b.textures[i].texture);
    }) &&
    a.uniforms.length === b.uniforms.length &&
    a.uniforms.every(({ name, args }, i) => name === b.uniforms[i].name && isSame(args, b.uniforms[i].args))
  );
}

function isSameTexture(a: VirtualTexture, b: VirtualTexture): boolean {
  if (a.index !== b.index) return false;
  return a.index < 0 ? a.texture.handle === b.texture.handle : a.texture.key === b.texture.key;
}

/** Numbers, lists and arrays by their values, all others by identity. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isList(a) || !isList(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i]) && !isSame(a[i], b[i])) return false;
  return true;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

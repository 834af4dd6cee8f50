// Sets up one form of a convolution on the device, checks it against plain loops and gives what draws it.

import { fromBlocks, type Layout, layoutOf, toBlocks } from './blocks.js';
import type { ConvForm, Sizes } from './convForm.js';
import { convSource } from './convShader.js';
import {
  bindTextures,
  createProgram,
  createTarget,
  createTexture,
  type Gl,
  readTarget,
  setInts,
  type Texture,
} from './gl.js';
import type { Draw } from './timing.js';

export interface ConvData {
  readonly x: Float32Array; // [size, size, inC]
  readonly w: Float32Array; // [kernel, kernel, inC, outC]
  readonly y: Float32Array; // [size, size, outC]
}

/** By plain loops. */
export function convolve({ size, inC, outC }: Sizes, kernel: number, x: Float32Array, w: Float32Array): Float32Array {
  const pad = (kernel - 1) / 2;
  const y = new Float32Array(size * size * outC);
  for (let oy = 0; oy < size; oy++) {
    for (let ox = 0; ox < size; ox++) {
      const out = y.subarray((oy * size + ox) * outC, (oy * size + ox + 1) * outC);
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          const [iy, ix] = [oy + ky - pad, ox + kx - pad];
          if (iy < 0 || iy >= size || ix < 0 || ix >= size) continue;
          for (let ic = 0; ic < inC; ic++) {
            const value = x[(iy * size + ix) * inC + ic];
            const from = ((ky * kernel + kx) * inC + ic) * outC;
            for (let oc = 0; oc < outC; oc++) out[oc] += value * w[from + oc];
          }
        }
      }
    }
  }
  return y;
}

/** Throws where the result is wrong. */
export function setUpConv(gl: Gl, form: ConvForm, sizes: Sizes, data: ConvData): Draw {
  const from = layoutOf(form, sizes.size, sizes.inC);
  const to = layoutOf(form, sizes.size, sizes.outC);
  const inputs = createBlockTextures(gl, form, from, toBlocks(from, data.x));
  const weights = createWeights(gl, form.kernel ** 2, sizes, data.w);
  const target = createTarget(gl, createBlockTextures(gl, form, to));
  const program = createProgram(gl, convSource(form));
  const samplers = form.store === 'array' ? { x: inputs[0] } : nameAll('x', inputs);
  const draw = () => {
    gl.useProgram(program);
    bindTextures(gl, program, { ...samplers, w: weights });
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(1, 1, to.width - 2, to.height - 2);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  };
  gl.useProgram(program);
  setInts(gl, program, { inC4: from.c4s, outC4: to.c4s, blocks: from.blocks });
  gl.uniform2f(gl.getUniformLocation(program, 'xScale'), 1 / from.width, 1 / from.height);
  gl.uniform2f(gl.getUniformLocation(program, 'wScale'), 1 / weights.width, 1 / weights.height);
  draw();
  const planes = Array.from({ length: to.layers }, (_, layer) => readTarget(gl, layer, to.width, to.height));
  check(form, fromBlocks(to, planes), data.y);
  return draw;
}

function createBlockTextures(gl: Gl, { store }: ConvForm, layout: Layout, planes?: Float32Array[]): Texture[] {
  const { width, height, layers } = layout;
  if (store === 'planes') {
    return Array.from({ length: layers }, (_, i) => createTexture(gl, { width, height, data: planes?.[i] }));
  }
  const plane = width * height * 4;
  const data = new Float32Array(layers * plane);
  for (const [i, values] of (planes ?? []).entries()) data.set(values, i * plane);
  return [createTexture(gl, { width, height, layers, data })];
}

/** X = input channel, Y = q * taps + tap; texel = 4 output channels. */
function createWeights(gl: Gl, taps: number, { inC, outC }: Sizes, w: Float32Array): Texture {
  const data = new Float32Array(w.length);
  for (let q = 0; q < outC / 4; q++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let ic = 0; ic < inC; ic++) {
        const from = (tap * inC + ic) * outC + q * 4;
        data.set(w.subarray(from, from + 4), ((q * taps + tap) * inC + ic) * 4);
      }
    }
  }
  return createTexture(gl, { width: inC, height: (outC / 4) * taps, data });
}

function nameAll(prefix: string, textures: readonly Texture[]): Record<string, Texture> {
  return Object.fromEntries(textures.map((texture, i) => [`${prefix}${i}`, texture]));
}

function check(form: ConvForm, actual: Float32Array, expected: Float32Array): void {
  for (let i = 0; i < expected.length; i++) {
    const isClose = Math.abs(actual[i] - expected[i]) < 1e-3; // values of magnitude 10, sums of some hundred products
    if (!isClose) throw new Error(`${JSON.stringify(form)}: value ${i} must be ${expected[i]}; received ${actual[i]}`);
  }
}

// Which tensors are in the tiled layout, beside or instead of TensorFlow.js's own data. A tensor of TensorFlow.js is an entry of texData
// with values or a texture; one that only exists in tiles has neither, and is converted when a kernel of TensorFlow.js asks for it.
//
// Conversions are by data id, so reshapes and clones, which share it, share all forms. A form in tiles belongs to a shape up to
// dimensions of 1; data may have several of them, since one operation may use them under two shapes.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TextureData } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';
import type { DataId, DataStorage, TensorInfo } from '@tensorflow/tfjs-core';
import {
  type ConvertSpec,
  convertInts,
  toTfjsProgram,
  toTilesProgram,
} from '../../../../kernels/glsl/tiled/layout/convert.js';
import {
  type Dims,
  layoutOf,
  type TileLayout,
  tileShapes,
  valuesToTexels,
} from '../../../../kernels/glsl/tiled/layout/layout.js';
import type { TileCaps } from '../../../../kernels/glsl/tiled/program.js';
import { type Draw, Drawer } from '../gl/draw.js';
import { type Texture, Textures, type TiledTexture } from '../gl/textures.js';
import { readTiles, readTilesAsync } from './readTiles.js';
import { type Deferred, DeferredTensor, type TiledTensor } from './tiledTensor.js';
import { Matrices, type Source as WeightSource } from './weightMatrices.js';

export type { Deferred, TiledTensor };

/** A draw without its target. */
export type Source = Omit<Draw, 'framebuffer' | 'viewport'>;

/** What the store needs of the backend around it. */
export interface TfjsBackend
  extends Pick<MathBackendWebGL, 'makeTensorInfo' | 'unpackTensor' | 'disposeIntermediateTensorInfo'> {
  readonly texData: DataStorage<TextureData>;
  /** The backend's own, without conversions. */
  allocate(dataId: DataId): void;
  /** Runs `work`, which must not be left out for these data while programs are only compiled. */
  real<T>(dataId: DataId, work: () => T): T;
}

/** How often the layout changed hands; they only grow. */
export interface Counters {
  toTiles: number;
  toTfjs: number;
  draws: number;
}

export class TensorStore {
  readonly counters: Counters = { toTiles: 0, toTfjs: 0, draws: 0 };
  readonly textures: Textures;
  readonly caps: TileCaps;
  readonly #gl: WebGL2RenderingContext;
  readonly drawer: Drawer;
  readonly #tfjs: TfjsBackend;
  /** All forms in tiles, the first made first. */
  readonly #tensors = new Map<DataId, TiledTensor[]>();
  /** Weights. */
  readonly matrices: Matrices;
  /** To draw into a texture of TensorFlow.js. */
  readonly #framebuffer: WebGLFramebuffer;

  constructor(gl: WebGL2RenderingContext, caps: TileCaps, isFloat32: boolean, tfjs: TfjsBackend) {
    this.#gl = gl;
    this.caps = caps;
    this.#tfjs = tfjs;
    this.textures = new Textures(gl, isFloat32);
    this.drawer = new Drawer(gl, caps);
    this.matrices = new Matrices(this.textures, this.drawer, (dataId) => this.#sourceOf(dataId));
    this.#framebuffer = gl.createFramebuffer() as WebGLFramebuffer;
  }

  /** Where a tensor of these dimensions would lie; undefined if it does not fit into a texture. */
  layoutOf(dims: Dims): TileLayout | undefined {
    const layout = layoutOf(dims, dims.h * dims.w === 1 ? tileShapes.single : this.caps.tile);
    const fits = Math.max(layout.width, layout.height) <= this.caps.maxTextureSize;
    return fits && layout.n * layout.h * layout.w * layout.c > 0 ? layout : undefined;
  }

  /** The form in tiles of a tensor that has one already. */
  find({ dataId, shape }: Pick<TensorInfo, 'dataId' | 'shape'>): TiledTensor | undefined {
    const dims = dimsOf(shape);
    return this.#tensors.get(dataId)?.find(({ layout }) => isSame(dims, layout));
  }

  /** Whether the data exist in tiles, under whatever shape. */
  has(dataId: DataId): boolean {
    return this.#tensors.has(dataId);
  }

  /** Whether the data exist in tiles alone. */
  isOnlyTiled(dataId: DataId): boolean {
    if (!this.#tensors.has(dataId)) return false;
    const { texture, values } = this.#tfjs.texData.get(dataId);
    return texture == null && values == null;
  }

  /** A new tensor in tiles, for a draw to fill. */
  make(shape: readonly number[], layout: TileLayout): { readonly info: TensorInfo; readonly tensor: TiledTensor } {
    const info = this.#tfjs.makeTensorInfo([...shape], 'float32');
    const tensor = { layout, texture: this.textures.acquire(layout) };
    this.#tensors.set(info.dataId, [tensor]);
    return { info, tensor };
  }

  /** A new tensor in tiles that `draw` fills; nothing of it is left if that fails. */
  filled(shape: readonly number[], layout: TileLayout, draw: (target: TiledTexture) => void): TensorInfo {
    const { info, tensor } = this.make(shape, layout);
    try {
      draw(tensor.texture);
      return info;
    } catch (error) {
      this.#tfjs.disposeIntermediateTensorInfo(info);
      throw error;
    }
  }

  /** A new tensor in tiles that is drawn when somebody asks for its texture. */
  defer(shape: readonly number[], layout: TileLayout, deferred: Deferred): TensorInfo {
    const info = this.#tfjs.makeTensorInfo([...shape], 'float32');
    const draw = (texture: TiledTexture) => this.#tfjs.real(info.dataId, () => deferred.draw(texture));
    this.#tensors.set(info.dataId, [new DeferredTensor(this.textures, layout, deferred, draw)]);
    return info;
  }

  /** A tensor's form in tiles, made now if there is none; `layout` is for its shape. */
  toTiled(x: TensorInfo, layout: TileLayout): TiledTensor {
    const present = this.find(x);
    if (present) return present;
    this.toTfjs(x.dataId, false); // the way to another shape
    const values = valuesOf(this.#tfjs.texData.get(x.dataId)); // fetches them from another backend, if they are there
    const tensor = { layout, texture: this.textures.acquire(layout) };
    this.counters.toTiles++;
    if (values) this.textures.upload(tensor.texture, valuesToTexels(layout, values));
    else this.#tfjs.real(x.dataId, () => this.#convert(x, tensor));
    this.#tensors.set(x.dataId, [...(this.#tensors.get(x.dataId) ?? []), tensor]);
    return tensor;
  }

  /** Draws into all texels of `target` but its border, or into those of some rows: so many from the first. */
  draw({ texture }: Pick<TiledTensor, 'texture'>, source: Source, [from, count] = [0, texture.height - 1]): void {
    const { framebuffer, width } = texture;
    this.counters.draws++;
    this.drawer.draw({ ...source, framebuffer, viewport: [1, from, width - 2, count] });
  }

  /** A new tensor of TensorFlow.js, in a texture that a draw fills; `source` is told the texels of one row. */
  makeTfjs(shape: readonly number[], source: (columns: number) => Source, packed = false): TensorInfo {
    const info = this.#tfjs.makeTensorInfo([...shape], 'float32');
    const data = this.#tfjs.texData.get(info.dataId);
    data.isPacked = packed;
    this.counters.draws++;
    this.#drawToTfjs(info.dataId, data, source);
    return info;
  }

  /** Gives the data a texture of TensorFlow.js, packed or not, if they exist in tiles alone. */
  toTfjs(dataId: DataId, packed: boolean): void {
    if (this.isOnlyTiled(dataId)) this.#tfjs.real(dataId, () => this.#convertToTfjs(dataId, packed));
  }

  /** Values in NHWC order, read without a conversion on the device. */
  read(dataId: DataId): Float32Array {
    return readTiles(this.#gl, this.#first(dataId));
  }

  /** The same without blocking: `wait` resolves when the device has done what was queued before. */
  readAsync(dataId: DataId, wait: () => Promise<void>): Promise<Float32Array> {
    return readTilesAsync(this.#gl, this.#first(dataId), wait);
  }

  /** Drops whatever was made of these data. */
  forget(dataId: DataId): void {
    this.#release(dataId);
    this.matrices.forget(dataId);
  }

  dispose(): void {
    for (const dataId of [...this.#tensors.keys()]) this.forget(dataId);
    this.matrices.dispose();
    this.textures.dispose();
    this.drawer.dispose();
    this.#gl.deleteFramebuffer(this.#framebuffer);
  }

  #first(dataId: DataId): TiledTensor {
    return (this.#tensors.get(dataId) as TiledTensor[])[0];
  }

  #release(dataId: DataId): void {
    for (const tensor of this.#tensors.get(dataId) ?? []) {
      if (tensor instanceof DeferredTensor) tensor.dispose(this.drawer.recording !== undefined);
      else this.textures.release(tensor.texture);
    }
    this.#tensors.delete(dataId);
  }

  #convertToTfjs(dataId: DataId, packed: boolean): void {
    const { layout, texture } = this.#first(dataId);
    const data = this.#tfjs.texData.get(dataId);
    this.counters.toTfjs++;
    data.isPacked = packed && data.shape.length === 4;
    data.texShape = undefined;
    this.#drawToTfjs(dataId, data, (columns) => ({
      program: toTfjsProgram({ tile: layout.tile, packed: data.isPacked === true }),
      inputs: { x: texture },
      ints: convertInts(layout, { columns, offset: 0 }),
    }));
  }

  /** Gives the data a texture of TensorFlow.js and draws into it. */
  #drawToTfjs(dataId: DataId, data: TextureData, source: (columns: number) => Source): void {
    this.#tfjs.allocate(dataId);
    const [width, height] = sizeOf(data);
    const gl = this.#gl;
    const framebuffer = this.#framebuffer;
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    attach(gl, data.texture?.texture as WebGLTexture);
    this.drawer.draw({ ...source(width), framebuffer, viewport: [0, 0, width, height] });
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    attach(gl, null); // else the texture could not be freed or read while it is attached here
  }

  /** From a texture of TensorFlow.js. */
  #convert(x: TensorInfo, target: TiledTensor): void {
    const tfjs = this.#tfjs;
    const source = tfjs.texData.get(x.dataId);
    const { layout } = target;
    const isInOrder = source.shape.length === 4 && isSame(dimsOf(source.shape), layout);
    if (source.isPacked && !isInOrder) {
      const unpacked = tfjs.unpackTensor({ ...x, shape: source.shape });
      this.#drawFromTfjs({ tile: layout.tile, packed: false }, unpacked.dataId, target);
      tfjs.disposeIntermediateTensorInfo(unpacked);
    } else {
      this.#drawFromTfjs({ tile: layout.tile, packed: source.isPacked === true }, x.dataId, target);
    }
  }

  #drawFromTfjs(spec: ConvertSpec, dataId: DataId, target: TiledTensor): void {
    const { tfjsTexture, offset } = this.#tfjsTexture(dataId);
    const ints = convertInts(target.layout, { columns: tfjsTexture.width, offset });
    this.draw(target, { program: toTilesProgram(spec), inputs: { tfjsTexture }, ints });
  }

  #sourceOf(dataId: DataId): WeightSource {
    const values = valuesOf(this.#tfjs.texData.get(dataId));
    return {
      ...(values && { values }),
      real: (work) => this.#tfjs.real(dataId, work),
      texture: () => {
        this.toTfjs(dataId, false);
        const { shape, isPacked } = this.#tfjs.texData.get(dataId);
        return { ...this.#tfjsTexture(dataId), ...(isPacked && { packedShape: shape }) };
      },
    };
  }

  /** The data's texture of TensorFlow.js, as a draw reads it, and the elements that precede the data there. */
  #tfjsTexture(dataId: DataId): { readonly tfjsTexture: Texture; readonly offset: number } {
    const data = this.#tfjs.texData.get(dataId);
    const [width, height] = sizeOf(data);
    const handle = data.texture?.texture as WebGLTexture;
    const tfjsTexture = { handle, target: this.#gl.TEXTURE_2D, width, height, bytes: 0 };
    return { tfjsTexture, offset: data.slice?.flatOffset ?? 0 };
  }
}

/** [n, h, w, c]; vectors are images of one pixel. */
export function dimsOf(shape: readonly number[]): Dims {
  if (shape.length <= 2) return { n: shape.length === 2 ? shape[0] : 1, h: 1, w: 1, c: shape[shape.length - 1] ?? 1 };
  const [n, h, w, c] = shape.length === 3 ? [1, ...shape] : shape;
  return shape.length <= 4 ? { n, h, w, c } : { n: 0, h: 0, w: 0, c: 0 };
}

function isSame(a: Dims, b: Dims): boolean {
  return a.n === b.n && a.h === b.h && a.w === b.w && a.c === b.c;
}

/** Values on the CPU. With a slice TensorFlow.js keeps those of what it was cut from. */
function valuesOf({ values, slice }: TextureData): Float32Array | undefined {
  return values != null && slice == null ? (values as Float32Array) : undefined;
}

/** Width and height of a texture of TensorFlow.js, in texels. */
function sizeOf({ texShape, isPacked }: TextureData): [number, number] {
  const [rows, columns] = texShape as [number, number];
  return isPacked ? [Math.ceil(columns / 2), Math.ceil(rows / 2)] : [columns, rows];
}

function attach(gl: WebGL2RenderingContext, texture: WebGLTexture | null): void {
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
}

// Which tensors are in the tiled layout, beside TensorFlow.js's own data or in place of them. To TensorFlow.js a tensor
// is an entry of texData with values or a texture. A tensor that exists in the tiled layout alone has neither, and is
// converted when a kernel of TensorFlow.js needs it.
//
// Data are found by their data id, so reshapes and clones, which share it, share all tiled tensors too. A tiled tensor
// belongs to a shape up to dimensions of 1. Data may have several, because an operation may use them under two shapes.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TextureData } from '@tensorflow/tfjs-backend-webgl/dist/tex_util.js';
import type { DataId, DataStorage, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import {
  type Dims,
  layoutOf,
  type TileLayout,
  tileShapes,
  valuesToTexels,
} from '../../../../kernels/glsl/tiled/layout/layout.js';
import { toTfjsProgram } from '../../../../kernels/glsl/tiled/layout/toTfjs.js';
import { type ConvertSpec, toTilesProgram } from '../../../../kernels/glsl/tiled/layout/toTiles.js';
import type { TileCaps } from '../../../../kernels/glsl/tiled/program.js';
import { type BoundProgram, bind, Drawer } from '../gl/draw.js';
import { type Texture, Textures, type TiledTexture } from '../gl/textures.js';
import type { Conversion } from './conversion.js';
import { readTiles, readTilesAsync, readTilesLater } from './readTiles.js';
import { type Deferred, DeferredTensor, DrawnTensor, type TiledTensor } from './tiledTensor.js';
import { WeightMatrices, type WeightSource } from './weightMatrices.js';

/** The parts of the backend that the store stands on. */
export interface TfjsBackend
  extends Pick<MathBackendWebGL, 'makeTensorInfo' | 'unpackTensor' | 'disposeIntermediateTensorInfo'> {
  readonly texData: DataStorage<TextureData>;
  /** Gives the data a texture of TensorFlow.js, without a conversion. */
  allocate(dataId: DataId): void;
  /** Whether the program of this key is right on this device, which the first call tests. */
  isTrusted(key: string, conversion: Conversion): boolean;
  /** Reads values from a texture of TensorFlow.js, without a draw of ours. */
  readTfjs(dataId: DataId): Float32Array;
  /** Runs `work` although programs are only being compiled, if the data outlive that. */
  real<T>(dataId: DataId, work: () => T): T;
  /** Told when data that were made before have been drawn. */
  noteDrawn(dataId: DataId): void;
}

/** Conversions to the tiled layout and back, and draws; they only grow. */
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
  /** All tiled tensors of each data, in the order in which they were made. */
  readonly #tensors = new Map<DataId, TiledTensor[]>();
  readonly matrices: WeightMatrices;

  constructor(gl: WebGL2RenderingContext, caps: TileCaps, isFloat32: boolean, tfjs: TfjsBackend) {
    this.#gl = gl;
    this.caps = caps;
    this.#tfjs = tfjs;
    this.textures = new Textures(gl, isFloat32);
    this.drawer = new Drawer(gl, caps);
    this.matrices = new WeightMatrices(this.textures, this.drawer, (dataId) => this.#sourceOf(dataId));
  }

  /** The layout of a tensor of these dimensions; undefined if it is empty or does not fit into a texture. */
  layoutOf(dims: Dims): TileLayout | undefined {
    const layout = layoutOf(dims, dims.h * dims.w === 1 ? tileShapes.single : this.caps.tile);
    const fits = Math.max(layout.width, layout.height) <= this.caps.maxTextureSize;
    return fits && layout.n * layout.h * layout.w * layout.c > 0 ? layout : undefined;
  }

  /** A tensor in the tiled layout, if it is there already. */
  find({ dataId, shape }: Pick<TensorInfo, 'dataId' | 'shape'>): TiledTensor | undefined {
    const dims = dimsOf(shape);
    return this.#tensors.get(dataId)?.find(({ layout }) => isSame(dims, layout));
  }

  /** Whether the data exist in the tiled layout, under any shape. */
  has(dataId: DataId): boolean {
    return this.#tensors.has(dataId);
  }

  /** Whether the data exist in the tiled layout alone. */
  isOnlyTiled(dataId: DataId): boolean {
    if (!this.#tensors.has(dataId)) return false;
    const { texture, values } = this.#tfjs.texData.get(dataId);
    return texture == null && values == null;
  }

  /** A new tensor in the tiled layout, whose texture a draw must fill. */
  make(shape: readonly number[], layout: TileLayout): { readonly info: TensorInfo; readonly tensor: DrawnTensor } {
    const tensor = new DrawnTensor(layout, this.textures.acquire(layout)); // may fail, before there are data to lose
    const info = this.#tfjs.makeTensorInfo([...shape], 'float32');
    this.#tensors.set(info.dataId, [tensor]);
    return { info, tensor };
  }

  /** A new tensor in the tiled layout that `draw` fills; nothing of it is left if that fails. */
  filled(shape: readonly number[], layout: TileLayout, draw: (target: TiledTexture) => void): TensorInfo {
    const { info, tensor } = this.make(shape, layout);
    try {
      draw(tensor.texture);
      this.#tfjs.noteDrawn(info.dataId);
      return info;
    } catch (error) {
      this.#tfjs.disposeIntermediateTensorInfo(info);
      throw error;
    }
  }

  /** A new tensor in the tiled layout that is drawn when its texture is first needed. */
  defer(shape: readonly number[], layout: TileLayout, deferred: Deferred): TensorInfo {
    const info = this.#tfjs.makeTensorInfo([...shape], 'float32');
    const draw = (texture: TiledTexture) => {
      this.#tfjs.real(info.dataId, () => deferred.draw(texture));
      this.#tfjs.noteDrawn(info.dataId);
    };
    this.#tensors.set(info.dataId, [new DeferredTensor(this.textures, layout, deferred, draw)]);
    return info;
  }

  /** A tensor in the tiled layout, converted now if it is not there; `layout` is for its shape. */
  toTiled(x: TensorInfo, layout: TileLayout): TiledTensor {
    const present = this.find(x);
    if (present) return present;
    this.toTfjs(x.dataId, false); // from a tiled tensor of another shape
    const values = valuesOf(this.#tfjs.texData.get(x.dataId)); // fetches them from another backend, if they are there
    const texture = this.textures.lookedAt(() => this.textures.acquire(layout));
    const tensor = new DrawnTensor(layout, texture);
    this.counters.toTiles++;
    try {
      if (values) this.textures.upload(tensor.texture, valuesToTexels(layout, values));
      else this.#tfjs.real(x.dataId, () => this.#convert(x, tensor));
    } catch (error) {
      this.textures.release(tensor.texture);
      throw error;
    }
    this.#tensors.set(x.dataId, [...(this.#tensors.get(x.dataId) ?? []), tensor]);
    return tensor;
  }

  /** Draws into all texels of `target` but its border, or into `count` rows of them from row `from` on. */
  draw(target: TiledTexture, bound: BoundProgram, [from, count] = [0, target.height - 1]): void {
    const { framebuffer, width } = target;
    this.counters.draws++;
    this.drawer.draw({ ...bound, into: framebuffer, viewport: [1, from, width - 2, count] });
  }

  /** A new tensor in a texture of TensorFlow.js that a draw fills; `boundTo` is told the texels of one row. */
  makeTfjs(
    shape: readonly number[],
    boundTo: (columns: number) => BoundProgram,
    { isPacked = false, dtype = 'float32' as DataType } = {},
  ): TensorInfo {
    const info = this.#tfjs.makeTensorInfo([...shape], dtype);
    const data = this.#tfjs.texData.get(info.dataId);
    data.isPacked = isPacked;
    this.counters.draws++;
    this.#drawToTfjs(info.dataId, data, boundTo);
    return info;
  }

  /** Gives the data a texture of TensorFlow.js, packed or not, if they exist in the tiled layout alone. */
  toTfjs(dataId: DataId, packed: boolean): void {
    if (this.isOnlyTiled(dataId)) this.#tfjs.real(dataId, () => this.#convertToTfjs(dataId, packed));
  }

  /** Reads values in NHWC order, without a conversion on the device. */
  read(dataId: DataId): Float32Array {
    return readTiles(this.#gl, this.#first(dataId));
  }

  /** Queues the same, and returns what waits for the values; the data may be gone then. */
  readLater(dataId: DataId): () => Float32Array {
    return readTilesLater(this.#gl, this.#first(dataId));
  }

  /** The same without blocking: `wait` resolves when the device has finished all work queued before. */
  readAsync(dataId: DataId, wait: () => Promise<unknown>): Promise<Float32Array> {
    return readTilesAsync(this.#gl, this.#first(dataId), wait);
  }

  /** The tensor of data that exist in the tiled layout alone. */
  onlyTiled(dataId: DataId): TiledTensor | undefined {
    return this.isOnlyTiled(dataId) ? this.#first(dataId) : undefined;
  }

  /** Drops everything that was made of these data. */
  forget(dataId: DataId): void {
    this.#release(dataId);
    this.matrices.forget(dataId);
  }

  /** Lets go of everything in the context, which is gone. */
  onLost(): void {
    this.#tensors.clear();
    this.matrices.forgetAll();
    this.textures.forget();
  }

  /** Makes what it needs in a context that is back. */
  onRestored(): void {
    this.drawer.restore();
  }

  dispose(): void {
    for (const dataId of [...this.#tensors.keys()]) this.forget(dataId);
    this.matrices.dispose();
    this.textures.dispose();
    this.drawer.dispose();
  }

  #first(dataId: DataId): TiledTensor {
    return (this.#tensors.get(dataId) as TiledTensor[])[0];
  }

  #release(dataId: DataId): void {
    for (const tensor of this.#tensors.get(dataId) ?? []) {
      if (tensor instanceof DeferredTensor) tensor.dispose(this.drawer.recording !== undefined);
      else this.textures.release(tensor.drawnTexture());
    }
    this.#tensors.delete(dataId);
  }

  #convertToTfjs(dataId: DataId, packed: boolean): void {
    const tensor = this.#first(dataId);
    const { layout } = tensor;
    const x = tensor.drawnTexture();
    const data = this.#tfjs.texData.get(dataId);
    const spec = { tile: layout.tile, packed: packed && data.shape.length === 4 };
    const program = toTfjsProgram(spec);
    data.texShape = undefined;
    if (!this.#tfjs.isTrusted(program.key, { to: 'tfjs', ...spec })) {
      data.values = readTiles(this.#gl, tensor); // which TensorFlow.js uploads when it needs them
      return;
    }
    this.counters.toTfjs++;
    data.isPacked = spec.packed;
    this.#drawToTfjs(dataId, data, (textureColumns) => bind(program, { x }, { x: layout, textureColumns }));
  }

  /** Gives the data a texture of TensorFlow.js and draws into it. */
  #drawToTfjs(dataId: DataId, data: TextureData, boundTo: (columns: number) => BoundProgram): void {
    this.#tfjs.allocate(dataId);
    const [width, height] = sizeOf(data);
    const target = { handle: data.texture?.texture as WebGLTexture, isArray: false };
    this.drawer.draw({ ...boundTo(width), into: [target], viewport: [0, 0, width, height] });
  }

  /** Converts data from a texture of TensorFlow.js. */
  #convert(x: TensorInfo, target: DrawnTensor): void {
    const tfjs = this.#tfjs;
    const source = tfjs.texData.get(x.dataId);
    const { layout } = target;
    const isInOrder = source.shape.length === 4 && isSame(dimsOf(source.shape), layout);
    if (source.isPacked && !isInOrder) {
      const unpacked = tfjs.unpackTensor({ ...x, shape: source.shape });
      try {
        this.#drawFromTfjs({ tile: layout.tile, packed: false }, unpacked.dataId, target);
      } finally {
        tfjs.disposeIntermediateTensorInfo(unpacked);
      }
    } else {
      this.#drawFromTfjs({ tile: layout.tile, packed: source.isPacked === true }, x.dataId, target);
    }
  }

  #drawFromTfjs(spec: ConvertSpec, dataId: DataId, { layout, texture }: DrawnTensor): void {
    const program = toTilesProgram(spec);
    if (!this.#tfjs.isTrusted(program.key, { to: 'tiles', ...spec })) {
      this.textures.upload(texture, valuesToTexels(layout, this.#tfjs.readTfjs(dataId)));
      return;
    }
    const { tfjsTexture, offset } = this.#tfjsTexture(dataId);
    const values = { y: layout, textureColumns: tfjsTexture.width, offset };
    this.draw(texture, bind(program, { tfjsTexture }, values));
  }

  #sourceOf(dataId: DataId): WeightSource {
    const values = valuesOf(this.#tfjs.texData.get(dataId));
    return {
      ...(values && { values }),
      real: (work) => this.#tfjs.real(dataId, work),
      isTrusted: (key) => this.#tfjs.isTrusted(key, { to: 'matrix' }),
      read: () => {
        this.toTfjs(dataId, false);
        return this.#tfjs.readTfjs(dataId);
      },
      takeTexture: () => {
        this.toTfjs(dataId, false);
        this.#tfjs.allocate(dataId); // where the conversion left values on the CPU
        const { shape, isPacked } = this.#tfjs.texData.get(dataId);
        return { ...this.#tfjsTexture(dataId), ...(isPacked && { packedShape: shape }) };
      },
    };
  }

  /** The data's texture of TensorFlow.js, as a draw reads it, and the elements that precede the data in it. */
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

export function isSame(a: Dims, b: Dims): boolean {
  return a.n === b.n && a.h === b.h && a.w === b.w && a.c === b.c;
}

/** Values on the CPU. Those that a slice has are the values of the tensor that it was cut from, and do not count. */
function valuesOf({ values, slice }: TextureData): Float32Array | undefined {
  return values != null && slice == null ? (values as Float32Array) : undefined;
}

/** Width and height of a texture of TensorFlow.js, in texels. */
function sizeOf({ texShape, isPacked }: TextureData): [number, number] {
  const [rows, columns] = texShape as [number, number];
  return isPacked ? [Math.ceil(columns / 2), Math.ceil(rows / 2)] : [columns, rows];
}

// Copies the chunks of a dataset into one array, clipped at the dataset's edges.

import { checkFile } from '../kerasFileError.js';
import { type Chunk, type ChunkGrid, listChunks } from './chunkIndex.js';
import { type FileBytes, WHERE } from './fileBytes.js';
import { type Filter, undoFilters } from './filters.js';

const MAX_RATIO = 1000; // declared bytes to stored bytes: Keras's own limit
const FREE_BYTES = 2 ** 24; // up to 16 MiB the ratio is not checked

/** Throws if a dataset declares far more bytes than the file stores for it. */
export function checkRatio(declared: number, stored: number, path: string): void {
  checkFile(
    declared <= FREE_BYTES || declared <= MAX_RATIO * stored,
    WHERE,
    'a dataset declares far more than is stored',
    {
      path,
      declared,
      stored,
    },
  );
}

/** Reads all values, row-major. It calls `makeBuffer` only after it has checked the sizes. */
export function readChunks(
  file: FileBytes,
  grid: ChunkGrid,
  filters: readonly Filter[],
  path: string,
  makeBuffer: () => Uint8Array,
): Uint8Array {
  const { chunkShape, elementSize } = grid.layout;
  const chunks: Chunk[] = [];
  const seen = new Set<string>();
  let stored = 0;
  for (const chunk of listChunks(file, grid)) {
    const aligned = chunk.offset.every((at, d) => at % chunkShape[d] === 0);
    checkFile(aligned, WHERE, 'a chunk must lie on the grid', { path, offset: chunk.offset, chunkShape });
    if (!chunk.offset.every((at, d) => at < grid.shape[d])) continue; // left over after the dataset shrank
    const key = chunk.offset.join();
    checkFile(!seen.has(key), WHERE, 'no chunk may be stored twice', { path, offset: chunk.offset });
    seen.add(key);
    stored += chunk.size;
    checkFile(stored <= file.length, WHERE, 'chunks must not share their place in the file', { path, stored });
    chunks.push(chunk);
  }
  checkRatio(
    grid.shape.reduce((product, size) => product * size, elementSize),
    stored,
    path,
  );
  const values = makeBuffer();
  for (const { offset, address, size, mask } of chunks) {
    const packed = file.cursor(address).bytes(size);
    copyChunk(undoFilters(packed, filters, mask, grid.chunkBytes, elementSize), values, offset, grid);
  }
  return values;
}

/** Copies the rows of a chunk. A dimension that the chunk covers as a whole is merged with the dimension before it. */
function copyChunk(chunk: Uint8Array, values: Uint8Array, chunkOffset: readonly number[], grid: ChunkGrid): void {
  const shape = [...grid.shape];
  const chunkShape = [...grid.layout.chunkShape];
  const offset = [...chunkOffset];
  while (shape.length > 1 && shape[shape.length - 1] === chunkShape[shape.length - 1]) {
    const size = shape.pop() ?? 1;
    chunkShape.pop();
    offset.pop();
    for (const list of [shape, chunkShape, offset]) list[list.length - 1] *= size;
  }
  const { elementSize } = grid.layout;
  const last = shape.length - 1;
  const rowBytes = Math.min(chunkShape[last], shape[last] - offset[last]) * elementSize;

  function copy(d: number, from: number, to: number): void {
    if (d === last) {
      const start = from * chunkShape[d] * elementSize;
      values.set(chunk.subarray(start, start + rowBytes), (to * shape[d] + offset[d]) * elementSize);
      return;
    }
    const rows = Math.min(chunkShape[d], shape[d] - offset[d]);
    for (let i = 0; i < rows; i++) copy(d + 1, from * chunkShape[d] + i, to * shape[d] + offset[d] + i);
  }
  copy(0, 0, 0);
}

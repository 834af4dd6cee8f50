// Rows of a matrix replaced by updates, or with updates added, on TensorFlow.js's textures. Of several replacements for one
// row the last one counts, as on the CPU. TensorFlow.js's own program adds them up, and mixes sums and what was there: 1e6
// becomes 0.125 where 0.1 was meant.

export interface ScatterSpec {
  /** How far each coordinate of an index moves the row. */
  readonly strides: readonly number[];
  /** Whether there is one update for all. */
  readonly isForAll: boolean;
  /** Whether each value before has its own place; else it is one for all. */
  readonly hasBefore: boolean;
  /** Whether updates are added to what was before; else they replace it. */
  readonly isSum?: boolean;
}

/** Operands `Indices` [count, coordinates], `Updates` [count, values], `Before` [rows, values]; uniform `float count`. */
export function scatterSource({ strides, isForAll, hasBefore, isSum = false }: ScatterSpec): string {
  const rows = strides.map((stride, j) => `int(floor(getIndices(i, ${j}) + 0.5)) * ${stride}`);
  return `// glsl/untiled/scatter
void main() {
  ivec2 at = getOutputCoords();
  float y = ${hasBefore ? 'getBefore(at.x, at.y)' : 'getBefore(0, 0)'};
  for (int i = 0; i < int(count); i++) {
    int row = ${rows.join(' + ')};
    float update = ${isForAll ? 'getUpdates(0, 0)' : 'getUpdates(i, at.y)'};
    y = row == at.x ? ${isSum ? 'y + update' : 'update'} : y;
  }
  setOutput(y);
}
`;
}

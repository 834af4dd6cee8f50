// Formats numbers, sizes, times and shapes for people.

/** 12345 -> '12 345' */
export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** 1234567 -> '1.23 MB' */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toPrecision(3)} ${units[power - 1]}`;
}

/** About three digits: 0.12, 1.23, 12.3, 123, 1 234 */
export function msText(ms: number): string {
  if (ms >= 1000) return grouped(ms);
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

/** [null, 224, 224, 3] -> '?x224x224x3'; several shapes are separated by commas. */
export function shapeText(shape: unknown): string {
  if (shape === null || shape === undefined) return '';
  if (!Array.isArray(shape)) {
    return typeof shape === 'object' ? Object.values(shape).map(shapeText).join(', ') : String(shape);
  }
  if (shape.some((size) => Array.isArray(size))) return shape.map(shapeText).join(', ');
  return shape.length === 0 ? 'a number' : shape.map((size) => size ?? '?').join('x');
}

/** 1 -> '1 layer', 2 -> '2 layers' */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

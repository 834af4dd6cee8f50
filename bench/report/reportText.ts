/** A report as JSON: a line for each key, in arrays for each element. Numbers have four digits: more is noise. */
export function reportText(report: object): string {
  const shorten = (_: string, part: unknown) => (typeof part === 'number' ? Number(part.toPrecision(4)) : part);
  const onOneLine = (value: unknown) => JSON.stringify(value, shorten);
  const valueText = (value: unknown) => {
    if (!Array.isArray(value) || value.length === 0) return onOneLine(value);
    return `[\n${value.map((element) => `    ${onOneLine(element)}`).join(',\n')}\n  ]`;
  };
  const keys = Object.entries(report).filter(([, value]) => value !== undefined);
  return `{\n${keys.map(([key, value]) => `  "${key}": ${valueText(value)}`).join(',\n')}\n}\n`;
}

// Reads names of classes in their usual forms: a JSON list, a JSON object by index (as Keras's
// imagenet_class_index.json: {"0": ["n01440764", "tench"]}), or text with one name on each line.

/**
 * The names in the order of the classes.
 * @throws Error for JSON of another form.
 */
export function parseLabels(text: string): string[] {
  const start = text.trimStart()[0];
  if (start === '[' || start === '{') return fromJson(JSON.parse(text));
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function fromJson(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(nameOf);
  const byIndex = value as Readonly<Record<string, unknown>>;
  const count = Object.keys(byIndex).length;
  return Array.from({ length: count }, (_, index) => {
    if (!Object.hasOwn(byIndex, index))
      throw new Error(`the labels must be numbered from 0; there is none for class ${index}`);
    return nameOf(byIndex[index]);
  });
}

/** The last item of a list, since Keras writes the readable name after the WordNet id. */
function nameOf(entry: unknown): string {
  const name = Array.isArray(entry) ? entry.at(-1) : entry;
  if (typeof name !== 'string') throw new Error(`a label must be text; received ${JSON.stringify(entry)}`);
  return name;
}

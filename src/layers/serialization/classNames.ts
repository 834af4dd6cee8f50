// Names of Keras's classes: case-sensitive, in CamelCase or snake_case, and in the camelCase of TensorFlow.js.

import { toSnake } from '../../core/json.js';

export interface ClassNames {
  /** All that Keras knows, for messages. */
  readonly spellings: readonly string[];
  /** The class that is meant, if any. */
  find(spelled: string): string | undefined;
}

export function classNames(classes: readonly string[], aliases: Readonly<Record<string, string>> = {}): ClassNames {
  const own = classes.flatMap(
    (name) =>
      [
        [name, name],
        [toSnake(name), name],
      ] as const,
  );
  const bySpelling = new Map<string, string>([...own, ...Object.entries(aliases)]);
  return {
    spellings: [...bySpelling.keys()],
    find(spelled) {
      const camel = /^[a-z]/.test(spelled) ? toSnake(spelled) : spelled;
      return bySpelling.get(spelled) ?? bySpelling.get(camel);
    },
  };
}

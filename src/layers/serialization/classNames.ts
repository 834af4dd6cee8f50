// Finds Keras's classes by the spellings of their names: CamelCase, snake_case and TensorFlow.js's camelCase. All are
// case-sensitive.

import { toSnake } from '../../core/json.js';

export interface ClassNames {
  /** All spellings that Keras accepts, for messages. */
  readonly spellings: readonly string[];
  /** The class of this spelling, or undefined. */
  find(spelled: string): string | undefined;
}

/** @param aliases further spellings, each with its class. */
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

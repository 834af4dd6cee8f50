// The formats of saved models, and the endings of their names.

export const kerasFormats = ['keras', 'h5', 'weights.h5'] as const;
export type KerasFormat = (typeof kerasFormats)[number];

/** The format that the ending of a name stands for; undefined for other endings. */
export function formatOfName(name: string): KerasFormat | undefined {
  if (name.endsWith('.weights.h5')) return 'weights.h5';
  if (/\.(h5|hdf5)$/.test(name)) return 'h5';
  return name.endsWith('.keras') ? 'keras' : undefined;
}

// The four ways in which TypeScript finds a package's types. TypeScript 7 has no `node10`.

export const cases = [
  { name: 'bundler', typescript: 'typescript', module: 'esnext', resolution: 'bundler', type: 'module' },
  { name: 'nodenext', typescript: 'typescript', module: 'nodenext', resolution: 'nodenext', type: 'module' },
  { name: 'node16', typescript: 'typescript-5.9', module: 'node16', resolution: 'node16', type: 'module' },
  { name: 'node10', typescript: 'typescript-5.9', module: 'commonjs', resolution: 'node10', type: 'commonjs' },
  { name: 'node16 5.4', typescript: 'typescript-5.4', module: 'node16', resolution: 'node16', type: 'module' },
];

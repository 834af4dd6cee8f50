// Writes docs/compatibility.md from the rows.

import type { Environment, Row } from './rows.js';

/** @param cases The part about layers, operations and models. */
export function tableOf(environments: readonly Environment[], rows: readonly Row[], cases = ''): string {
  const architectures = [...new Set(rows.map((row) => row.architecture))];
  const failures = rows.filter(({ error }) => error !== undefined);
  return [
    INTRODUCTION,
    contents(`${APPLICATIONS}\n${cases}`),
    APPLICATIONS,
    '### Files of Keras, read here\n',
    READ_TEXT,
    table(
      READ_COLUMNS,
      architectures.map((name) => readCells(rowsOf(rows, name, 'read', 'convnet-cpu'))),
    ),
    '### The same on WebGL2\n',
    WEBGL_TEXT,
    table(
      WEBGL_COLUMNS,
      architectures.map((name) => webglCells(rowsOf(rows, name, 'read', 'convnet-webgl'))),
    ),
    '### Files written here, read by Keras\n',
    WRITTEN_TEXT,
    table(
      WRITTEN_COLUMNS,
      architectures.map((name) => writtenCells(rowsOf(rows, name, 'written', 'convnet-cpu'))),
    ),
    ...(failures.length > 0 ? ['### What failed\n', failures.map(failureLine).join('\n'), ''] : []),
    '### Machine and versions of the applications\n',
    ...environments.map((environment, index) => {
      const loads = rows.flatMap((row) => (row.environment === index && row.load !== undefined ? [row.load] : []));
      return `- ${describe(environment)}${busyNote(loads, Number(environment.cores))}`;
    }),
    '',
    ...(cases === '' ? [] : [cases]),
  ].join('\n');
}

const INTRODUCTION = `# Compatibility with Keras

Written by \`npm run compatibility\` (needs Python with Keras); do not edit. The numbers are in \`compatibility.json\`,
\`compatibility-trips.json\`, \`compatibility-cases.json\` and \`compatibility-masks.json\` too.
`;

const APPLICATIONS = `## Architectures of \`keras.applications\`

Real Keras makes every architecture of [keras.applications](https://keras.io/api/applications/) with seeded random weights, batch
statistics included, scaled so that neither the activations vanish nor the outputs are uniform, and residual branches kept smaller than
what they are added to, as in trained networks (else the deepest amplify rounding until Keras's own float32 and float64 differ by 40 %);
saves it; and predicts a picture. Here the files are loaded, each in a process of its own, and the predictions compared. **Difference**
is the largest distance between the two predictions over the largest output; it must be below 1e-4. The \`.keras\` file ends in softmax,
the \`.h5\` file in the logits before it.
`;

const READ_TEXT = `On \`convnet-cpu\` in Node. **Load** is from the path to the finished model, **predict** the median after the first prediction, batch 1.
**Keras** is its own \`predict\`, compiled, on the same machine. "128 of 224" is a reduced input, to save time.
`;

const WEBGL_TEXT = `On \`convnet-webgl\` in headless Chromium, on SwiftShader, a software renderer: the times say nothing about a GPU.
`;

const WRITTEN_TEXT = `The model as loaded here, saved by \`saveKerasModel\` in both formats, loaded by real Keras: its prediction against the one here.
`;

/** A link to each part. */
function contents(text: string): string {
  const links = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => `- [${title}](#${anchorOf(title)})`);
  return `${links.join('\n')}\n`;
}

function anchorOf(title: string): string {
  return title.toLowerCase().replace(/[`.]/g, '').replace(/ /g, '-');
}

type Column = readonly [title: string, isNumber: boolean];

const READ_COLUMNS: readonly Column[] = [
  ['architecture', false],
  ['parameters', true],
  ['input', false],
  ['load `.keras` ms', true],
  ['load `.h5` ms', true],
  ['predict ms', true],
  ['Keras ms', true],
  ['difference `.keras`', true],
  ['difference `.h5`', true],
];

const WEBGL_COLUMNS: readonly Column[] = [
  ['architecture', false],
  ['input', false],
  ['load ms', true],
  ['predict ms', true],
  ['difference', true],
];

const WRITTEN_COLUMNS: readonly Column[] = [
  ['architecture', false],
  ['parameters', true],
  ['save `.keras` ms', true],
  ['save `.h5` ms', true],
  ['difference `.keras`', true],
  ['difference `.h5`', true],
];

interface Pair {
  readonly keras?: Row;
  readonly h5?: Row;
  /** The first of both without an error; else the first. */
  readonly any: Row;
}

function rowsOf(rows: readonly Row[], name: string, direction: string, backend: string): Pair | undefined {
  const own = rows.filter((row) => row.architecture === name && row.direction === direction && row.backend === backend);
  if (own.length === 0) return undefined;
  const [keras, h5] = ['keras', 'h5'].map((format) => own.find((row) => row.format === format));
  return { keras, h5, any: own.find((row) => row.error === undefined) ?? own[0] };
}

function readCells(pair: Pair | undefined): string[] | undefined {
  if (!pair) return undefined;
  const { keras, h5, any } = pair;
  return [
    any.architecture,
    count(any.parameters),
    inputOf(any),
    milliseconds(keras?.loadMs),
    milliseconds(h5?.loadMs),
    milliseconds((keras ?? any).predictMs),
    milliseconds(any.kerasPredictMs),
    difference(keras),
    difference(h5),
  ];
}

function webglCells(pair: Pair | undefined): string[] | undefined {
  if (!pair) return undefined;
  const { any } = pair;
  return [any.architecture, inputOf(any), milliseconds(any.loadMs), milliseconds(any.predictMs), difference(any)];
}

function writtenCells(pair: Pair | undefined): string[] | undefined {
  if (!pair) return undefined;
  const { keras, h5, any } = pair;
  const saves = [milliseconds(keras?.saveMs), milliseconds(h5?.saveMs)];
  return [any.architecture, count(any.parameters), ...saves, difference(keras), difference(h5)];
}

function table(columns: readonly Column[], lines: readonly (string[] | undefined)[]): string {
  const cells = lines.filter((line) => line !== undefined);
  const row = (texts: readonly string[]) => `| ${texts.join(' | ')} |`;
  const rule = columns.map(([, isNumber]) => (isNumber ? '--:' : '---'));
  return `${[columns.map(([title]) => title), rule, ...cells].map(row).join('\n')}\n`;
}

function inputOf({ inputShape, fullSize }: Row): string {
  const size = inputShape?.[1];
  return size === undefined ? '' : fullSize === undefined ? `${size}` : `${size} of ${fullSize}`;
}

function count(value?: number): string {
  return value?.toLocaleString('en-US') ?? '';
}

function milliseconds(value?: number): string {
  return value === undefined ? '' : value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}

function difference(row?: Row): string {
  if (!row) return '';
  const { difference, error } = row; // null: it was not a number
  const text = difference == null ? '' : difference.toExponential(1);
  return error === undefined ? text : `**failed** ${text}`.trim();
}

function failureLine({ architecture, direction, format, backend, error = '' }: Row): string {
  return `- ${architecture}, ${direction} as \`.${format}\`, ${backend}: ${error.split('\n').slice(0, 3).join(' ')}`;
}

/** A note if other work slowed the check, whose own processes keep at most all cores busy. */
function busyNote(loads: readonly number[], cores: number): string {
  const busiest = Math.max(...loads);
  if (!(busiest > 2 * cores)) return '';
  const [from, to] = [Math.min(...loads), busiest].map((load) => load.toFixed(0));
  return `. The machine was busy with other work (load ${from} to ${to} on ${cores} cores), so all times are too long`;
}

function describe(environment: Environment): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

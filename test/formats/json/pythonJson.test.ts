// JSON as Python writes it: values, NaN and the infinities, and texts that are no JSON.

import { expect } from 'chai';
import type { Json } from '../../../src/core/json.js';
import { parsePythonJson, writePythonJson } from '../../../src/formats/json/pythonJson.js';
import { catchFileError } from '../../support/formats/expectFileError.js';

const texts: readonly (readonly [string, Json])[] = [
  ['null', null],
  [' [1, -2.5e3, 0.0]\n', [1, -2500, 0]],
  ['{"a": {"b": [true, false, null]}}', { a: { b: [true, false, null] } }],
  ['\ufeff{"a": 1}', { a: 1 }],
  ['{"a": 1, "a": 2}', { a: 2 }],
  ['NaN', Number.NaN],
  ['{"x": [NaN, Infinity, -Infinity, 1]}', { x: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1] }],
  ['["NaN", "-Infinity", NaN]', ['NaN', '-Infinity', Number.NaN]],
  ['["a\\"NaN\\\\", NaN, "\\u00e9\\n"]', ['a"NaN\\', Number.NaN, 'é\n']],
  ['{"": NaN, "b": {}, "c": []}', { '': Number.NaN, b: {}, c: [] }],
  ['[-0.0, 1E+2, 1e-2, NaN]', [-0, 100, 0.01, Number.NaN]],
  ['[4611686018427387904, NaN]', [2 ** 62, Number.NaN]],
];

const wrong: readonly (readonly [string, string])[] = [
  ['', "a value is expected here; received position=0, text='end of text'"],
  ['{"a": 1,}', "a key in double quotes is expected here; received position=8, text='}'"],
  ["{'a': 1}", 'a key in double quotes is expected here; received position=1'],
  ['{"a" 1}', "':' is expected here; received position=5"],
  ['[1 2]', "',' or ']' is expected here; received position=3"],
  ['[1,]', "a value is expected here; received position=3, text=']'"],
  ['[1, 2', "',' or ']' is expected here; received position=5, text='end of text'"],
  ['"abc', 'this string has no end; received position=0'],
  ['["\\q"]', 'this string has a wrong escape or character; received position=1'],
  ['["a\nb"]', 'this string has a wrong escape or character; received position=1'],
  ['[NaN5]', "',' or ']' is expected here; received position=4"],
  ['[Nan]', 'a value is expected here; received position=1'],
  ['[-NaN]', 'a value is expected here; received position=1'],
  ['[+1]', 'a value is expected here; received position=1'],
  ['[01]', "',' or ']' is expected here; received position=2"],
  ['[1.]', "',' or ']' is expected here; received position=2"],
  ['true false', 'nothing may follow the value; received position=5'],
  ['{"__proto__": {"polluted": 1}}', "this key is not allowed; received key='__proto__'"],
  ['[{"__proto__": NaN}]', "this key is not allowed; received key='__proto__'"],
  ['{"\\u005f_proto__": 1}', "this key is not allowed; received key='__proto__'"],
  ['{"a": {"constructor": {}}}', "this key is not allowed; received key='constructor'"],
  ['{"a": {"prototype": {}}}', "this key is not allowed; received key='prototype'"],
];

describe('Keras files: JSON', () => {
  for (const [text, value] of texts) {
    it(`reads ${JSON.stringify(text)}`, () => expect(parsePythonJson(text)).to.deep.equal(value));
  }

  for (const [text, message] of wrong) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const error = catchFileError(() => parsePythonJson(text, { where: 'config.json' }));
      expect(error.message).to.match(/^config\.json: /);
      expect(error.message).to.include(message);
    });
  }

  it('never changes a prototype', () => expect(Object.hasOwn(Object.prototype, 'polluted')).to.equal(false));

  for (const [name, make] of [
    ['arrays', (depth: number) => '['.repeat(depth) + ']'.repeat(depth)],
    ['arrays with NaN', (depth: number) => `${'['.repeat(depth)}NaN${']'.repeat(depth)}`],
    ['objects', (depth: number) => '{"a":'.repeat(depth - 1) + '{}'.concat('}'.repeat(depth - 1))],
  ] as const) {
    it(`takes ${name} 512 deep and refuses deeper ones`, () => {
      parsePythonJson(make(512));
      for (const depth of [513, 100_000]) {
        expect(catchFileError(() => parsePythonJson(make(depth))).message).to.include('512 deep at most');
      }
    });
  }

  it('refuses texts above the limit', () => {
    expect(catchFileError(() => parsePythonJson('[1, 2]', { maxLength: 5 })).message).to.include('longer than 5');
  });

  it('refuses more lists and dictionaries than memory holds, and counts none within texts', () => {
    const many = 2 ** 20;
    const error = catchFileError(() => parsePythonJson(`[${'{},'.repeat(many)}{}]`, { where: 'config' }));
    expect(error.message).to.equal(
      'config: there may be 1048576 lists and dictionaries at most; received count=1048578',
    );
    const text = `\\"${'[{'.repeat(many)}`;
    expect(parsePythonJson(JSON.stringify([text]))).to.deep.equal([text]);
  }).timeout(30_000);

  it('writes what Python writes', () => {
    const value = {
      a: [1, -0, 1.5, Number.NaN],
      'é"': { b: null, c: undefined, d: [true, 'x\u{1f600}\n'] },
      e: {},
      f: [],
    };
    const text = writePythonJson(value);
    expect(text).to.equal(
      '{"a": [1, -0.0, 1.5, NaN], "\\u00e9\\"": {"b": null, "d": [true, "x\\ud83d\\ude00\\n"]}, "e": {}, "f": []}',
    );
    expect(writePythonJson([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).to.equal('[Infinity, -Infinity]');
    expect(parsePythonJson(text)).to.deep.equal({
      a: value.a,
      'é"': { b: null, d: [true, 'x\u{1f600}\n'] },
      e: {},
      f: [],
    });
  });

  it('writes neither functions nor circles', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(catchFileError(() => writePythonJson(circle)).message).to.include('512 deep at most');
    expect(catchFileError(() => writePythonJson([() => 1])).message).to.include("received type='function'");
  });
});

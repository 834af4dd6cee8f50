// Whole numbers that a JSON text has as floats.

import { expect } from 'chai';
import { withFloats } from '../../../src/formats/json/floats.js';
import { parsePythonJson, writePythonJson } from '../../../src/formats/json/pythonJson.js';

const again = (text: string, value: unknown = parsePythonJson(text)) =>
  writePythonJson(withFloats(value, parsePythonJson(text)));

describe('withFloats', () => {
  for (const text of [
    '{"rate": 0.0, "axis": 1}',
    '{"a": [1.0, 2, {"b": -3.0}], "c": "1.0 \\"2.0\\"", "d": 1.0}',
    '[1.0, [2, 3.0], -0.0, 0.5, 10000000.0]',
    '{"nan": NaN, "least": -Infinity, "one": 1.0, "int": 1}',
    '{"learning_rate": 1, "momentum": 0.0}',
  ]) {
    it(`writes ${text} again`, () => expect(again(text)).to.equal(text));
  }

  it('writes what has changed as it is', () => {
    expect(again('{"rate": 1.0, "axis": 1.0}', { rate: 2, axis: 1, more: 3 })).to.equal(
      '{"rate": 2, "axis": 1.0, "more": 3}',
    );
  });

  it('makes floats of what Keras demands as such, where no file says otherwise', () => {
    expect(writePythonJson(withFloats({ learning_rate: 1, epochs: 1 }))).to.equal(
      '{"learning_rate": 1.0, "epochs": 1}',
    );
  });

  it('remembers nothing of a text whose numbers JavaScript orders otherwise', () => {
    expect(again('{"b": 1.0, "2": 1, "a": 3.0}')).to.equal('{"2": 1, "b": 1, "a": 3}');
    expect(again('{"a": 1.0, "a": 2.0}')).to.equal('{"a": 2}');
  });

  it('finds layers by their names', () => {
    const [a, b] = ['{"config": {"name": "a", "rate": 1.0}}', '{"config": {"name": "b", "rate": 1}}'];
    const [first, second] = [a, b].map((text) => parsePythonJson(text));
    expect(again(`[${a}, ${b}]`, [second, first])).to.equal(`[${b}, ${a}]`);
  });
});

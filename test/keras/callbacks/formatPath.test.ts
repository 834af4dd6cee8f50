// Values in the paths of ModelCheckpoint.

import { expect } from 'chai';
import { formatPath } from '../../../src/keras/callbacks/formatPath.js';

describe('paths of ModelCheckpoint', () => {
  it('names in paths are written as Python writes them', () => {
    const values = { epoch: 3, loss: 0.25, big: 12345.678 };
    expect(formatPath('a/{epoch:02d}-{loss:.3f}-{big:.1e}-{epoch}-{big:8.1f}.keras', values)).to.equal(
      'a/03-0.250-1.2e+04-3- 12345.7.keras',
    );
    expect(() => formatPath('{acc:.2f}.keras', values)).to.throw(/no number 'acc'/);
    // As Python's own format() writes them.
    const rows: [string, number, string][] = [
      ...([
        ['>4d', 3, '   3'],
        ['<4d', 3, '3   '],
        ['^5', 3, '  3  '],
        ['*>5d', 3, '****3'],
      ] as const),
      ...([
        ['x', 255, 'ff'],
        ['#x', 255, '0xff'],
        ['.1f', 3, '3.0'],
        [',', 1234567, '1,234,567'],
      ] as const),
    ].map(([form, value, text]) => [`{epoch:${form}}`, value, text]);
    for (const [form, value, text] of [
      ...([
        ['+.2f', 0.125, '+0.12'],
        ['.1%', 0.4567, '45.7%'],
        ['g', 1e-5, '1e-05'],
        ['.3', 100, '1e+02'],
      ] as const),
      ...([
        ['', 1, '1.0'],
        ['', 1e16, '1e+16'],
        ['.0f', 2.5, '2'],
        ['010.3f', -1.5, '-00001.500'],
      ] as const),
      ...([
        ['.2f', Number.NaN, 'nan'],
        ['.1F', Infinity, 'INF'],
        ['.2e', 99999, '1.00e+05'],
      ] as const),
      ...([
        ['.3g', 0.00012345, '0.000123'],
        ['_.1f', 12345.67, '12_345.7'],
      ] as const),
    ] as const) {
      rows.push([`{loss:${form}}`, value, text]);
    }
    for (const [path, value, text] of rows) {
      expect(formatPath(path, { epoch: value, loss: value }), path).to.equal(text);
    }
    expect(formatPath('m{{x}}.{epoch}', { epoch: 2 })).to.equal('m{x}.2');
    for (const path of ['{epoch:>>>3}', '{loss:d}', '{loss:#.2f}', '{epoch:.2}', '{epoch:q}']) {
      expect(() => formatPath(path, values), path).to.throw(/the form '/);
    }
    for (const path of ['m{', 'm}', 'm{}']) expect(() => formatPath(path, values), path).to.throw(/Failed to format/);
  });
});

// Each argument of each class of keras.layers: what Keras writes into the config for it is taken, kept and written back.
// What is not supported is refused with its value, and stands in the table below. arguments.py writes the configs.

import { expect } from 'chai';
import { toCamel } from '../../src/core/json.js';
import { installKerasLayers } from '../../src/layers/allLayers.js';
import type { KerasLayer } from '../../src/layers/base/kerasLayer.js';
import { findLayerClass } from '../../src/layers/registry.js';
import * as entry from '../../src/layers.js';
import { useBackend } from '../support/backends.js';
import written from './goldensArguments.json' with { type: 'json' };

type Config = Readonly<Record<string, unknown>>;

interface Row {
  readonly config: Config;
  /** By argument: what it changes of the config. */
  readonly arguments: Readonly<Record<string, Config>>;
}

const classes = written.classes as unknown as Readonly<Record<string, Row>>;

/** Arguments that are refused, with the words that name argument and value. */
const refused: Readonly<Record<string, RegExp>> = {
  'Discretization.sparse': /`sparse` must be False.*sparse=True/,
  'HashedCrossing.sparse': /`sparse` must be False.*sparse=True/,
  'Hashing.sparse': /`sparse` must be False.*sparse=True/,
  'IntegerLookup.sparse': /`sparse` must be False.*sparse=True/,
  'StringLookup.sparse': /`sparse` must be False.*sparse=True/,
  'TextVectorization.sparse': /`sparse` must be False.*sparse=True/,
  'TextVectorization.ragged': /`ragged` must be False.*ragged=True/,
  'StringLookup.encoding': /`encoding` must be 'utf-8'.*encoding='latin-1'/,
  'TextVectorization.encoding': /`encoding` must be 'utf-8'.*encoding='latin-1'/,
};

function made(className: string, config: Config): Config {
  const cls = findLayerClass(className) as (new (config: object, context: object) => KerasLayer) | undefined;
  if (!cls) throw new Error(`no class ${className}`);
  const { name: _, ...back } = new cls(config, {}).getKerasConfig();
  return back;
}

describe('configs of keras.layers, argument by argument', () => {
  before(installKerasLayers);
  useBackend('cpu');

  for (const [className, row] of Object.entries(classes)) {
    it(className, () => {
      const bad: string[] = [];
      for (const [argument, change] of [['', {}] as const, ...Object.entries(row.arguments)]) {
        const key = `${className}.${argument}`;
        const config = { ...row.config, ...change };
        if (refused[key]) {
          expect(() => made(className, config), key).to.throw(refused[key]);
        } else {
          try {
            expect(made(className, config)).to.deep.equal(config);
          } catch (error) {
            const { message } = error as Error;
            bad.push(`${key}: ${message.slice(0, 200)} ${JSON.stringify(change)}`);
          }
        }
      }
      expect(bad).to.deep.equal([]);
    });
  }

  it('the function of each class takes the same arguments in camelCase, and refuses others', () => {
    const found = Object.entries(entry).filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name));
    const byName = new Map(found.map(([name, value]) => [name.toLowerCase(), value as (args: object) => KerasLayer]));
    for (const [className, row] of Object.entries(classes)) {
      const make = byName.get(className.toLowerCase());
      expect(make, className).to.be.a('function');
      for (const [argument, change] of [['', {}] as const, ...Object.entries(row.arguments)]) {
        const key = `${className}.${argument}`;
        if (refused[key]) continue;
        const config = { ...row.config, ...change };
        const args = Object.fromEntries(Object.entries(config).map(([name, value]) => [toCamel(name), value]));
        const { name: _, ...back } = (make as (args: object) => KerasLayer)(args).getKerasConfig();
        expect(back, key).to.deep.equal(config);
        if (argument === '') {
          expect(() => make?.({ ...args, unheardOf: 1 }), className).to.throw(/unheardOf|unheard_of/);
        }
      }
    }
  });

  it('the table of exceptions names arguments that there are', () => {
    for (const key of Object.keys(refused)) {
      const [className, argument] = key.split('.');
      expect(classes[className]?.arguments, key).to.have.property(argument);
    }
  });
});

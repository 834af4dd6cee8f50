// Records the statements of a kernel in the order in which the methods are called. Loops and branches of the generated
// code are methods; loops and branches of TypeScript around them unroll and choose while the code is generated.

import { type Expr, F32, I32, i32, V128, type ValueType } from './expr.js';
import type { OpName } from './opcodes.js';

export interface Local {
  readonly index: number;
  readonly type: ValueType;
  /** For printed programs, where print.ts makes it unique. */
  readonly name: string;
}

export type Statement =
  | { readonly kind: 'set'; readonly local: Local; readonly value: Expr }
  | {
      readonly kind: 'store';
      readonly op: OpName;
      readonly address: I32;
      readonly value: Expr;
      readonly immediates: readonly number[];
    }
  | {
      readonly kind: 'if';
      readonly condition: I32;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  /** Runs once, and again while the condition holds after it. */
  | { readonly kind: 'loop'; readonly body: readonly Statement[]; readonly again: I32 }
  | { readonly kind: 'call'; readonly table: I32; readonly operands: readonly Expr[] }
  | { readonly kind: 'copy'; readonly to: I32; readonly from: I32; readonly bytes: I32 };

/** A local, which is also an expression of its present value. */
export interface Variable {
  readonly local: Local;
}
export type I32Var = I32 & Variable;
export type F32Var = F32 & Variable;
export type V128Var = V128 & Variable;

/** Features of the machine that a kernel is generated for. */
export interface Features {
  /** Relaxed SIMD: a multiply-add is one instruction and rounds once. */
  readonly fma: boolean;
  /** Memory shared between threads. */
  readonly shared: boolean;
  /** V8 revectorizes: it combines two vectors that are loaded, computed and stored alike into one of 256 bits. */
  readonly revec?: boolean;
}

type Body = () => void;

export class Fn {
  readonly locals: Local[] = [];
  private statements: Statement[] = [];

  constructor(
    readonly name: string,
    readonly parameters: number,
    readonly features: Features,
  ) {}

  get body(): readonly Statement[] {
    return this.statements;
  }

  /** Declares a local and sets it to `init`. Without `init` it is 0 at the start of the function only. */
  i32(name: string, init?: I32 | number): I32Var {
    const local = this.local('i32', name);
    return this.declared(Object.assign(new I32('local.get', [], [local.index]), { local }), init, i32);
  }

  f32(name: string, init?: F32): F32Var {
    const local = this.local('f32', name);
    return this.declared(Object.assign(new F32('local.get', [], [local.index]), { local }), init);
  }

  v128(name: string, init?: V128): V128Var {
    const local = this.local('v128', name);
    return this.declared(Object.assign(new V128('local.get', [], [local.index]), { local }), init);
  }

  /** `count` vectors named name0, name1, ... */
  vectors(name: string, count: number, init?: (i: number) => V128): V128Var[] {
    return Array.from({ length: count }, (_, i) => this.v128(`${name}${i}`, init?.(i)));
  }

  /** `count` integers named name0, name1, ... */
  integers(name: string, count: number, init?: (i: number) => I32): I32Var[] {
    return Array.from({ length: count }, (_, i) => this.i32(`${name}${i}`, init?.(i)));
  }

  set(variable: I32Var, value: I32 | number): void;
  set(variable: F32Var, value: F32): void;
  set(variable: V128Var, value: V128): void;
  set(variable: Variable, value: Expr | number): void {
    const expr = typeof value === 'number' ? i32(value) : value;
    const { local } = variable;
    if (expr.type !== local.type) throw new TypeError(`${this.name}: ${local.name} is ${local.type}, not ${expr.type}`);
    this.statements.push({ kind: 'set', local, value: expr });
  }

  /** variable += value */
  advance(variable: I32Var, value: I32 | number): void {
    if (value !== 0) this.set(variable, variable.add(value));
  }

  store(address: I32, value: V128 | F32 | I32, offset = 0): void {
    const op = `${value.type}.store` as const;
    this.statements.push({ kind: 'store', op, address, value, immediates: [offset] });
  }

  storeByte(address: I32, value: I32, offset = 0): void {
    this.statements.push({ kind: 'store', op: 'i32.store8', address, value, immediates: [offset] });
  }

  /** Stores the first `count` lanes, 1 to 4. */
  storeLanes(address: I32, value: V128, count: number, offset = 0): void {
    const lane = (op: OpName, i: number, at: number) =>
      this.statements.push({ kind: 'store', op, address, value, immediates: [at, i] });
    if (count === 4) this.store(address, value, offset);
    else if (count === 1) lane('v128.store32_lane', 0, offset);
    else {
      lane('v128.store64_lane', 0, offset);
      if (count === 3) lane('v128.store32_lane', 2, offset + 8);
    }
  }

  /** Copies bytes by one instruction of the machine, a call of some 20 ns. The ranges may overlap. */
  copy(to: I32, from: I32, bytes: I32): void {
    this.statements.push({ kind: 'copy', to, from, bytes });
  }

  /** a*b + c. It rounds once where the machine can. */
  madd(a: V128, b: V128, c: V128): V128 {
    return this.features.fma ? new V128('f32x4.relaxed_madd', [a, b, c]) : c.add(a.mul(b));
  }

  /** c - a*b */
  nmadd(a: V128, b: V128, c: V128): V128 {
    return this.features.fma ? new V128('f32x4.relaxed_nmadd', [a, b, c]) : c.sub(a.mul(b));
  }

  if(condition: I32, then: Body, otherwise: Body = () => {}): void {
    this.statements.push({ kind: 'if', condition, yes: this.block(then), no: this.block(otherwise) });
  }

  /** Runs the body at least once. The body returns whether to run again. */
  loop(body: () => I32): void {
    let again: I32 = i32(0);
    const statements = this.block(() => {
      again = body();
    });
    this.statements.push({ kind: 'loop', body: statements, again });
  }

  while(condition: I32, body: Body): void {
    this.if(condition, () =>
      this.loop(() => {
        body();
        return condition;
      }),
    );
  }

  /** Runs the body `count` times, not at all where that is 0 or less. */
  times(count: I32 | number, body: Body): void {
    const left = this.i32('left', count);
    this.if(left.gt(0), () => {
      this.loop(() => {
        body();
        this.set(left, left.sub(1));
        return left;
      });
    });
  }

  /** for (i = from; i < to; i += step), signed. */
  range(name: string, from: I32 | number, to: I32, step: I32 | number, body: (i: I32Var) => void): void {
    const i = this.i32(name, from);
    this.while(i.lt(to), () => {
      body(i);
      this.advance(i, step);
    });
  }

  /** Calls the kernel with that index in the module's table. */
  call(table: I32, ...operands: Expr[]): void {
    this.statements.push({ kind: 'call', table, operands });
  }

  private block(body: Body): readonly Statement[] {
    const outer = this.statements;
    this.statements = [];
    body();
    const inner = this.statements;
    this.statements = outer;
    return inner;
  }

  private local(type: ValueType, name: string): Local {
    const local = { index: this.parameters + this.locals.length, type, name };
    this.locals.push(local);
    return local;
  }

  private declared<V extends Variable, T extends Expr>(variable: V, init?: T | number, lift?: (n: number) => T): V {
    if (init === undefined) return variable;
    const value = typeof init === 'number' ? (lift as (n: number) => T)(init) : init;
    if (value.type !== variable.local.type) {
      throw new TypeError(`${this.name}: ${variable.local.name} is ${variable.local.type}, not ${value.type}`);
    }
    this.statements.push({ kind: 'set', local: variable.local, value });
    return variable;
  }
}

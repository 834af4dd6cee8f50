// The part of jasmine's Node runner that node.mjs uses. @types/jasmine would declare the globals that mocha declares.

declare module 'jasmine' {
  interface Failure {
    readonly message: string;
    readonly stack?: string;
  }

  export interface Reporter {
    jasmineStarted(info: { totalSpecsDefined: number }): void;
    specDone(result: { fullName: string; status: SpecStatus; failedExpectations: Failure[] }): void;
    suiteDone(result: { fullName: string; failedExpectations: Failure[] }): void;
    jasmineDone(result: { overallStatus: 'passed' | 'failed' | 'incomplete'; failedExpectations: Failure[] }): void;
  }

  type SpecStatus = 'passed' | 'failed' | 'pending' | 'excluded';

  export default class Jasmine {
    exitOnCompletion: boolean;
    loadConfig(config: { spec_files: string[]; random: boolean }): void;
    clearReporters(): void;
    addReporter(reporter: Reporter): void;
    execute(files: string[], nameFilter?: string): Promise<unknown>;
  }
}

/** The package's version, which test/backend/selfTest.test.ts compares with package.json. */
export const packageVersion = '0.1.0';

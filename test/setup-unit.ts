// CDK's own validation engine costs seconds per test file; test/examples.test.ts runs with it on.
process.env.CDK_VALIDATION = 'false';

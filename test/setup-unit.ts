// CDK's own validation engine costs seconds per test file; test/examples.test.ts runs with it on.
process.env.CDK_VALIDATION = 'false';
// Each construct notes where it was made; jest has 100 frames looked up for that, where Node.js has 10.
Error.stackTraceLimit = 10;

// Prints the totals of a jest result file; fails when a test failed, none ran, or one was skipped in CI.
import { readFileSync } from 'node:fs';

const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = JSON.parse(
  readFileSync(process.argv[2], 'utf8'),
);
const failed = numFailedTests + numRuntimeErrorTestSuites;
const skipped = numPendingTests + numTodoTests;
const refused = process.env.CI === 'true' && skipped > 0;
if (refused) {
  console.error(`${skipped} tests were skipped, and in CI none may be`);
}
console.log(`tests: ${numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || numPassedTests === 0 || refused ? 1 : 0;

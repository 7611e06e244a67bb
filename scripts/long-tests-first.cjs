const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Unit tests come last. On a machine that has never run them nobody knows how long tests take, and Jest begins with those of the largest file: one
 * that is short to read and long to run would be left to the end, when nothing else is there to run beside it.
 */
module.exports = class LongTestsFirst extends Sequencer {
  sort(tests) {
    const isUnit = ({ context }) => Number(context.config.displayName?.name === 'unit');
    return [...super.sort(tests)].sort((one, other) => isUnit(one) - isUnit(other));
  }
};

/** What a command tells in one line instead of a stack trace: what is wrong and what to do about it. */
export class CommandError extends Error {}

export * from './backup-id';
export * from './dump-contents';
export * from './lock';
export * from './manifest';
export * from './settings';
export * from './size-judged';

export * from './alarm-actions';
export * from './recovery-watch';

export * from './compute-config';
export * from './data-config';
export * from './names';
export * from './run';
export * from './site-config';
export * from './strategy';
export * from './traffic-config';

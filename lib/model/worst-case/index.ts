export * from './claims-of';
export * from './longest-within';
export * from './overlaps-of';
export * from './rule-model';

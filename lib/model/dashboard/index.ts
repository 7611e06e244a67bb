export type { DashboardMatter, LagLine, ShownPlan, ShownVault } from './matter';
export { promisesInWords } from './promises-in-words';
export { type Widget, widgetsOf } from './widgets-of';

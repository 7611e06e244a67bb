/** Files that the keeper lays beside those of pg_dump. */
export const GLOBALS = 'globals.sql';
export const CATALOGUE = 'catalogue.json';

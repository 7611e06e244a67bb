/** The room that a dump takes at most, as a part of its database: it has no indexes, and is packed. */
export const DUMP_ROOM = 0.8;

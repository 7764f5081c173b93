/** What a process ends with when it does not end with 0. */

/** The work failed. */
export const EXIT_FAILED = 1
export const EXIT_USAGE = 2
/** The data are damaged, or a check found faults. */
export const EXIT_DAMAGED = 3

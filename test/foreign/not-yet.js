/**
 * What embedded Hydra can't serve yet: program → name of the check → reason. Held both ways by `support/check.js`: an
 * entry whose check passes fails the run.
 */
export const notYet = {}

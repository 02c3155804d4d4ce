/**
 * Removes one rule of the guard and of what stands around it at a time from a copy of the sources, runs the tests that
 * should hold it, and prints rule → failing test. Fails if a rule can be removed without a test noticing.
 * `node packages/nestjs/scripts/mutate.js [REGEXP]`, which picks rules by name.
 */
import { removeRules } from '../../../scripts/remove-rules.js'
import { contexts } from './rules/contexts.js'
import { declarations } from './rules/declarations.js'
import { gateways } from './rules/gateways.js'
import { guard } from './rules/guard.js'
import { startUp } from './rules/start-up.js'

removeRules('nestjs', [...guard, ...declarations, ...contexts, ...gateways, ...startUp], process.argv[2])

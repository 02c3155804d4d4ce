/** The attack table through Nest: every row that holds for the bare provider holds here. */
import { describe } from '@jest/globals'
import { attackTable } from '../../../login-consent/test/support/attack-table.ts'
import { startWorld } from '../../../login-consent/test/support/world.ts'
import { platforms } from '../support/app.ts'
import { serveHandlers } from './support/serving.ts'

describe.each(platforms)('by handlers on %s', (platform) => {
  attackTable(() => startWorld({ serve: serveHandlers({ platform }) }))
})

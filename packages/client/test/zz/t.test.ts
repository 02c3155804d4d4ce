import { test } from '@jest/globals'
test('slow', async () => { await new Promise((r) => setTimeout(r, 7000)) })

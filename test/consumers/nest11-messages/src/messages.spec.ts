import { play } from './play'

// Jest has the CommonJS files of our packages, and Node itself the ES modules.
test('a gateway and a resolver', () => play(), 60_000)

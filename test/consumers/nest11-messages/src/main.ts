import { play } from './play'

void play().then(() => process.exit(0))

/** One contender as a server; tells its CPU time when asked. */
import { createApi } from './apis.js'

const [name, hydraUrl] = process.argv.slice(2)
const api = await createApi(name, hydraUrl)
const server = api.listen(0, '127.0.0.1', () => {
  process.send({ url: `http://127.0.0.1:${server.address().port}` })
})
process.on('message', () => process.send(process.cpuUsage()))
process.on('disconnect', () => process.exit())

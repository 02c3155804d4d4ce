/** A new process in which one server is imported, started and asked once. Nothing is imported before the clock runs. */
const starts = {
  async embedded() {
    const { startHydra } = await import('../packages/embedded/dist/index.js')
    const { publicUrl } = await startHydra()
    return `${publicUrl}/.well-known/openid-configuration`
  },
  async 'express-alone'() {
    const { default: express } = await import('express')
    const app = express()
    app.get('/', (_req, res) => res.json({ status: 'ok' }))
    const server = await new Promise((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening))
    })
    return `http://127.0.0.1:${server.address().port}/`
  },
}

const begun = performance.now()
const cpu = process.cpuUsage()
const url = await starts[process.argv[2]]()
const { get } = await import('node:http')
await new Promise((resolve, reject) => {
  get(url, (response) => {
    if (response.statusCode !== 200) reject(new Error(`${url} was answered with ${response.statusCode}`))
    response.resume().on('end', resolve)
  }).on('error', reject)
})
const { user, system } = process.cpuUsage(cpu)
process.send({ milliseconds: performance.now() - begun, cpu: (user + system) / 1000 })

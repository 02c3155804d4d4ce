/** Runs one bench in this process, which exists for it alone: neither heap nor compiled code of another bench disturbs. */
process.on('disconnect', () => process.exit())

const [bench, settings] = process.argv.slice(2)
const { run } = await import(`./benches/${bench}.js`)
const results = await run(JSON.parse(settings))
process.send(results, () => process.disconnect())

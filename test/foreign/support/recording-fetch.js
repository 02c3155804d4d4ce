import { answerOf } from './recorded.js'

/** A `fetch` for foreign programs that notes every exchange, so that it can be held against the recorded ones. */
export function recordingFetch() {
  const exchanges = []
  const noted = async (address, init) => {
    const response = await fetch(address, init)
    const text = await response.clone().text()
    exchanges.push({
      request: `${init?.method ?? 'GET'} ${new URL(address).pathname}`,
      ...answerOf({ status: response.status, headers: Object.fromEntries(response.headers), body: parsed(text) }),
    })
    return response
  }
  return { fetch: noted, exchanges }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

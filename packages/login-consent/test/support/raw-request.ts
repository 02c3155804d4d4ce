import { connect } from 'node:net'

/** Sends bytes as they are and reads until the server closes, or has answered. */
export function rawRequest(base: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base)
    const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'))
    let got = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      got += chunk
      if (got.includes('\r\n\r\n')) socket.destroy()
    })
    // A server that stops reading may reset the connection; what it said before counts.
    socket.on('error', (error) => (got === '' ? reject(error) : resolve(got)))
    socket.on('close', () => resolve(got))
  })
}

/** Says one thing and prints what comes back: `npm run client -- TOKEN hello`. */
import { io } from 'socket.io-client'

const [token, text = 'hello'] = process.argv.slice(2)
const socket = io(process.env['CHAT_URL'] ?? 'http://127.0.0.1:8080', { auth: { token }, reconnection: false })

socket.on('connect_error', (error) => {
  // What RFC 6750 says in WWW-Authenticate, as data: error, scope, challenge.
  console.log('refused:', 'data' in error ? error.data : error.message)
  process.exitCode = 1
})
socket.on('welcome', (welcome) => {
  console.log('welcome:', welcome)
  socket.emit('say', text, () => socket.disconnect())
})
socket.on('said', (said) => console.log('said:', said))
socket.on('exception', (facts) => {
  console.log('refused:', facts)
  socket.disconnect()
})

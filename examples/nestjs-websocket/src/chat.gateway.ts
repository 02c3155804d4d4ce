import { CurrentToken, Scopes, tokenOfSocket } from '@hydra-kit/nestjs'
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets'

/** As much of a client and of the server as is used here. */
interface Emitter {
  emit(event: string, data: unknown): unknown
}

/** What stands on the class is demanded of connections, and of messages that say nothing else. */
@WebSocketGateway()
@Scopes('chat.read')
export class ChatGateway {
  @WebSocketServer()
  declare readonly server: Emitter

  /** Never runs for a client whose token was not good. */
  handleConnection(client: Emitter): void {
    client.emit('welcome', { you: tokenOfSocket(client)?.subject })
  }

  @SubscribeMessage('say')
  @Scopes('chat.write')
  say(@MessageBody() text: string, @CurrentToken('subject') from: string): { said: string } {
    this.server.emit('said', { from, text })
    return { said: text }
  }
}

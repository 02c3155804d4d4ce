import { Controller, Get, Header, Query } from '@nestjs/common'

/** Where the client of this example ends: a real one redeems the code here. */
@Controller('callback')
export class CallbackController {
  @Get()
  @Header('Content-Type', 'text/plain; charset=utf-8')
  end(@Query('code') code?: unknown, @Query('error') error?: unknown) {
    return typeof code === 'string' ? 'Signed in: the client has a code.' : `Not signed in: ${text(error)}.`
  }
}

/** A value of a query: may be a list, or missing. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : 'no code came'
}

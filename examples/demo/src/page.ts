/** The frame around every page, and the headers that keep it safe. */
import type { Response } from 'express'
import { html, type Html } from './html.ts'

/** Sends a page: nothing but our own style sheet is loaded, nothing is kept by caches, nobody frames it. */
export function sendPage(response: Response, page: { title: string; body: Html; status?: number }): void {
  response
    .status(page.status ?? 200)
    .set({
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      // Not `no-referrer`: browsers then send forms with `Origin: null`, and the web app checks the origin.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    .type('html')
    .send(
      String(
        html`<!doctype html>
          <html lang="en">
            <head>
              <meta charset="utf-8" />
              <meta name="viewport" content="width=device-width, initial-scale=1" />
              <title>${page.title}</title>
              <link rel="icon" href="data:," />
              <link rel="stylesheet" href="/style.css" />
            </head>
            <body>
              ${page.body}
            </body>
          </html>`,
      ),
    )
}

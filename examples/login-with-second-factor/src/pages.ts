/** The page for the code. Nothing that a user typed is on it, so nothing needs escaping. */
import { createHash } from 'node:crypto'
import type { Response } from 'express'

const style = `
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;box-sizing:border-box;font:16px/1.5 system-ui,sans-serif;background:light-dark(#f2f3f6,#101217);color:light-dark(#1a1d24,#eceef2)}
main{box-sizing:border-box;width:100%;max-width:27rem;padding:2rem;border:1px solid light-dark(#dfe2e8,#323743);border-radius:1rem;background:light-dark(#fff,#1b1e26)}
h1{margin:0 0 .5rem;font-size:1.5rem}p{margin:0 0 1.5rem}label{display:block;font-weight:600;font-size:.875rem}
input,button{box-sizing:border-box;width:100%;min-height:3rem;border-radius:.5rem;font:inherit}
input{margin:.25rem 0 1rem;padding:.5rem 1rem;border:1px solid light-dark(#7d8593,#7e8696);background:transparent;color:inherit;font-size:1.375rem;letter-spacing:.2em;text-align:center}
button{border:0;background:#2f5fd0;color:#fff;font-weight:600;cursor:pointer}
:focus-visible{outline:2px solid light-dark(#2f5fd0,#8fb0ff);outline-offset:2px}
.bad{color:light-dark(#a8201a,#ffb3ab);font-weight:600}`

/** Asks for the code. The form posts to its own address, which holds the handle. */
export function codePage(res: Response, problem?: string): void {
  const message = problem === undefined ? '' : `<p class="bad" role="alert">${problem}</p>`
  send(
    res,
    'One more step',
    `<h1>One more step</h1><p>Enter the code of your authenticator app.</p>${message}
<form method="post"><label for="code">Code</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6" required autofocus>
<button>Continue</button></form>`,
  )
}

function send(res: Response, title: string, content: string): void {
  const hash = createHash('sha256').update(style).digest('base64')
  res.set({
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'`,
    'Cache-Control': 'no-store',
    // The address holds the handle.
    'Referrer-Policy': 'no-referrer',
  })
  res.type('html')
  res.send(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style></head><body><main>${content}</main></body></html>`)
}

/**
 * The style sheet of all pages. Inline, and allowed by its hash: pages need no second request and no route for it.
 */
import { createHash } from 'node:crypto'
import { cards, paletteOf, type Palette } from './colours.ts'

/** The style text and the CSP source that allows it. */
export interface StyleSheet {
  readonly text: string
  readonly source: string
}

/** The style sheet for an accent colour. */
export function styleSheet(accentColor: string): StyleSheet {
  const text = rules(paletteOf(accentColor, cards.light), paletteOf(accentColor, cards.dark))
  return { text, source: `'sha256-${createHash('sha256').update(text).digest('base64')}'` }
}

function rules(light: Palette, dark: Palette): string {
  return `
:root{color-scheme:light dark;--page:#f2f3f6;--card:${cards.light};--text:#1a1d24;--quiet:#555c6a;--line:#dfe2e8;--control:#7d8593;--hover:#f2f3f6;--bad:#a8201a;--bad-ground:#fdeeed;
--accent:${light.accent};--on-accent:${light.onAccent};--accent-text:${light.accentText};
--s1:.25rem;--s2:.5rem;--s3:1rem;--s4:1.5rem;--s5:2rem;--s6:3rem;--round:.5rem}
@media (prefers-color-scheme:dark){:root{--page:#101217;--card:${cards.dark};--text:#eceef2;--quiet:#aab1bf;--line:#323743;--control:#7e8696;--hover:#262a34;--bad:#ffb3ab;--bad-ground:#3a1f1f;
--accent:${dark.accent};--on-accent:${dark.onAccent};--accent-text:${dark.accentText}}}
*,*::before,*::after{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;align-items:center;justify-content:center;padding:var(--s5) var(--s3);background:var(--page);color:var(--text);overflow-wrap:anywhere}
main{width:100%;max-width:27rem;padding:var(--s5);background:var(--card);border:1px solid var(--line);border-radius:calc(2*var(--round))}
p,h1,h2,ul,fieldset,legend,dl,dd{margin:0;padding:0;border:0}
ul{list-style:none}
h1{font-size:1.5rem;line-height:1.25;font-weight:650;letter-spacing:-.01em;text-wrap:balance}
h2,legend{font-size:1rem;font-weight:600;line-height:1.5}
.brand{display:flex;align-items:center;gap:var(--s2);margin-bottom:var(--s4);font-weight:600;color:var(--quiet)}
.brand img{display:block;height:2rem;width:auto;max-width:10rem}
.lead{margin-top:var(--s2);color:var(--quiet)}
.lead strong,.quiet strong{color:var(--text);font-weight:600}
.quiet{color:var(--quiet);font-size:.875rem}
form,.stack{display:flex;flex-direction:column;gap:var(--s3);margin-top:var(--s4)}
div.stack{gap:var(--s2)}
form.inline{margin:0;display:block}
.who+form{margin-top:var(--s3)}
.field{display:flex;flex-direction:column;gap:var(--s1)}
.field>label{font-weight:600;font-size:.875rem}
.field>.row{display:flex;justify-content:space-between;gap:var(--s3);align-items:baseline;font-size:.875rem}
.field>.row label{font-weight:600}
input[type=email],input[type=text],input[type=password]{appearance:none;width:100%;min-height:3rem;padding:var(--s2) var(--s3);font:inherit;color:var(--text);background:var(--card);border:1px solid var(--control);border-radius:var(--round)}
input.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:1.375rem;letter-spacing:.12em;text-align:center}
input[aria-invalid=true]{border-color:var(--bad);border-width:2px}
.hint{color:var(--bad);font-size:.875rem;font-weight:600}
.alert{margin-top:var(--s4);padding:var(--s3);border:1px solid var(--bad);border-radius:var(--round);background:var(--bad-ground);color:var(--bad);font-weight:600;font-size:.9375rem}
.check{display:grid;grid-template-columns:1.25rem 1fr;gap:var(--s2) .75rem;align-items:start;padding:var(--s1) 0;cursor:pointer}
.check input{appearance:none;display:grid;place-content:center;width:1.25rem;height:1.25rem;margin:.125rem 0 0;border:1px solid var(--control);border-radius:var(--s1);background:var(--card);cursor:pointer}
.check input::before{content:"";width:.75rem;height:.75rem;transform:scale(0);background:var(--on-accent);clip-path:polygon(14% 44%,0 60%,40% 96%,100% 20%,84% 6%,38% 66%)}
.check input:checked{background:var(--accent);border-color:var(--accent)}
.check input:checked::before{transform:none}
.check input:disabled{cursor:default;opacity:.65}
.check.fixed{cursor:default}
.check small{display:block;color:var(--quiet);font-size:.8125rem}
.panel{border:1px solid var(--line);border-radius:var(--round);padding:var(--s3)}
.panel h2,.panel legend{margin-bottom:var(--s2)}
fieldset.panel legend{float:left;width:100%}
fieldset.panel legend+*{clear:both}
.who{display:flex;align-items:center;justify-content:space-between;gap:var(--s3);margin-top:var(--s4)}
.who dt,.who .quiet{font-size:.8125rem;color:var(--quiet)}
.who strong{display:block;font-weight:600}
.actions{display:flex;flex-direction:column;gap:var(--s2);margin-top:var(--s2)}
.button{appearance:none;display:flex;align-items:center;justify-content:center;width:100%;min-height:3rem;padding:var(--s2) var(--s3);font:inherit;font-weight:600;line-height:1.25;text-align:center;text-decoration:none;color:var(--text);background:transparent;border:1px solid var(--control);border-radius:var(--round);cursor:pointer}
.button:hover{background:var(--hover)}
.button.primary{color:var(--on-accent);background:var(--accent);border-color:var(--accent)}
.button.primary:hover{filter:brightness(.94)}
.button.plain{border-color:transparent;color:var(--quiet)}
.button.plain:hover{color:var(--text)}
a,.link{appearance:none;padding:0;border:0;background:none;font:inherit;color:var(--accent-text);text-decoration:underline;text-underline-offset:.2em;cursor:pointer}
.link{min-height:1.5rem;white-space:nowrap}
a:hover,.link:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--accent-text);outline-offset:2px}
.links{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s3);margin-top:var(--s4);padding-top:var(--s3);border-top:1px solid var(--line);font-size:.875rem}
.links a,.row a{display:inline-block;min-height:1.5rem}
.mark{display:grid;place-content:center;width:3rem;height:3rem;margin-bottom:var(--s3);border-radius:50%;background:var(--hover);color:var(--accent-text)}
.mark::before{content:"";width:1.375rem;height:1.375rem;background:currentColor;clip-path:polygon(14% 44%,0 60%,40% 96%,100% 20%,84% 6%,38% 66%)}
.mark.bad{background:var(--bad-ground);color:var(--bad)}
.mark.bad::before{clip-path:polygon(41% 4%,59% 4%,57% 66%,43% 66%,41% 4%,50% 4%,50% 76%,60% 78%,62% 88%,56% 96%,44% 96%,38% 88%,40% 78%,50% 76%,50% 4%)}
.away{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:30rem){body{justify-content:flex-start;padding:0;background:var(--card)}main{max-width:none;border:0;border-radius:0;padding:var(--s4) var(--s3)}}
@media (forced-colors:active){.check input{appearance:auto}.check input::before{content:none}.button{border-color:ButtonText}}
`.trim()
}

/** The look of every page of the demo: no script, no outside file, light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f4f2ec; --card: #fffefb; --line: #ddd8cc; --ink: #23211c; --soft: #645f54;
  --accent: #0b6157; --on-accent: #ffffff; --tint: #e3efec;
  --good: #1c6b3a; --good-tint: #e0f0e4; --bad: #a1281f; --bad-tint: #f9e4e1; --wait: #7d5200; --wait-tint: #f8ecd2;
  --gap: 1rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161814; --card: #1f221d; --line: #383c34; --ink: #ecebe4; --soft: #a9ab9f;
    --accent: #6fd0bd; --on-accent: #08231e; --tint: #20332f;
    --good: #8fd6a4; --good-tint: #1d3324; --bad: #f2a59c; --bad-tint: #3d211e; --wait: #e9c77e; --wait-tint: #382c14;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  overflow-wrap: anywhere;
}
main, header { max-width: 60rem; margin: 0 auto; padding: var(--gap); }
main.narrow { max-width: 27rem; padding-top: 12vh; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem var(--gap); padding-bottom: 0; }
.brand { font-weight: 650; letter-spacing: -0.01em; margin-right: auto; display: flex; align-items: center; gap: 0.5rem; }
.brand::before { content: ""; width: 1rem; height: 1rem; border-radius: 0.3rem; background: linear-gradient(135deg, var(--accent) 50%, #d9973b 50%); }
h1, h2 { line-height: 1.2; letter-spacing: -0.015em; margin: 0; }
h1 { font-size: 1.75rem; text-wrap: balance; }
h2 { font-size: 1.05rem; }
p { margin: 0; }
.soft { color: var(--soft); }
.small { font-size: 0.875rem; }
.stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--gap); align-content: start; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--gap); }
@media (min-width: 46rem) { .columns { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.875rem; padding: 1.25rem; }
.row { display: flex; flex-wrap: wrap; gap: 0.625rem; align-items: center; }
@media (max-width: 30rem) { .row > form { flex: 1 1 auto; } .row button { width: 100%; } .card { padding: 1rem; } header .plain { padding: 0; } }
form { margin: 0; }
button, .button {
  font: inherit; font-weight: 550; line-height: 1.25; padding: 0.625rem 1rem; border-radius: 0.625rem; cursor: pointer;
  border: 1px solid var(--line); background: var(--card); color: var(--ink); text-decoration: none; display: inline-block; text-align: center;
}
button:hover, .button:hover { border-color: var(--accent); }
.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.primary:hover { filter: brightness(1.08); }
.plain { border-color: transparent; background: none; color: var(--soft); padding-inline: 0.5rem; }
.wide { width: 100%; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { font-weight: 550; }
input[type=email], input[type=password] {
  font: inherit; font-weight: 400; width: 100%; margin-top: 0.3rem; padding: 0.6rem 0.75rem; border-radius: 0.625rem;
  border: 1px solid var(--soft); background: var(--paper); color: var(--ink);
}
.choice { display: grid; grid-template-columns: auto 1fr; gap: 0.1rem 0.7rem; align-items: start; padding: 0.7rem 0; border-top: 1px solid var(--line); }
.choice input { width: 1.15rem; height: 1.15rem; margin: 0.18rem 0 0; accent-color: var(--accent); }
.choice .small { grid-column: 2; font-weight: 400; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.4rem var(--gap); margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
code { font: 0.875em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.log { list-style: none; margin: 0; padding: 0; }
.log li { display: grid; grid-template-columns: 3.25rem minmax(0, 1fr); gap: 0.15rem 0.75rem; padding: 0.75rem 0; border-top: 1px solid var(--line); }
.log li:first-child { border-top: 0; padding-top: 0; }
.log li:last-child { padding-bottom: 0; }
.log .small { grid-column: 2; }
.status { font: 600 0.875rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; text-align: center; border-radius: 0.4rem; align-self: start; }
.good { background: var(--good-tint); color: var(--good); }
.bad { background: var(--bad-tint); color: var(--bad); }
.wait { background: var(--wait-tint); color: var(--wait); }
.notice { border-radius: 0.625rem; padding: 0.7rem 0.9rem; }
.album { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: 0.75rem; list-style: none; margin: 0; padding: 0; }
.album li { border-radius: 0.7rem; aspect-ratio: 4 / 3; display: flex; align-items: flex-end; padding: 0.6rem 0.75rem; color: #fff; font-weight: 600; font-size: 0.875rem; line-height: 1.25; text-shadow: 0 1px 3px rgb(0 0 0 / 0.65); background: linear-gradient(165deg, #e8b26a, #b2564b 55%, #4a2f4a); }
.album li:nth-child(4n+2) { background: linear-gradient(170deg, #a9d3e8, #4f8ba0 50%, #1f4a4b); }
.album li:nth-child(4n+3) { background: linear-gradient(160deg, #c9d99b, #6c9a57 50%, #274a33); }
.album li:nth-child(4n+4) { background: linear-gradient(175deg, #f0c8cf, #8f6aa8 55%, #2c2b5c); }
`

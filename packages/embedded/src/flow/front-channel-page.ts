import { templateText, templateUrl } from '../http/go-template.ts'

/**
 * The page that signs a browser out of clients: one hidden iframe for each, then on to the post-logout address, half a
 * second after the last has loaded and after seven seconds at the latest.
 */
export function frontChannelPage(urls: readonly string[], redirectTo: string): string {
  const frames = urls.map((url) => `<iframe src="${templateUrl(url)}" onload="loaded()" hidden></iframe>`).join('\n')
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="UTF-8" /><title>Signing out</title><meta http-equiv="refresh" content="7; URL=${templateText(redirectTo)}"></head>
<body>
<p><a id="next" href="${templateUrl(redirectTo)}">Continue</a></p>
<script>
let open = ${urls.length}
const leave = () => location.replace(document.getElementById('next').href)
function loaded() { if (--open === 0) setTimeout(leave, 500) }
setTimeout(leave, 7000)
</script>
${frames}
</body>
</html>`
}

/** The user's browser: keeps cookies, follows nothing by itself. Written against RFC 6265 section 5, as far as tests need it. */
export function openBrowser() {
  /** host → name → { value, path } ; ports share cookies (RFC 6265 section 8.5). */
  const jar = new Map()

  function cookiesFor(url) {
    const cookies = jar.get(url.hostname) ?? new Map()
    return [...cookies]
      .filter(([, { path }]) => isBelow(url.pathname, path))
      .map(([name, { value }]) => `${name}=${value}`)
  }

  function keep(url, setCookie) {
    const [pair, ...attributes] = setCookie.split(/;\s*/)
    const [name, value] = cut(pair, '=')
    const attribute = new Map(attributes.map((text) => cut(text, '=')).map(([key, text]) => [key.toLowerCase(), text]))
    const cookies = jar.get(url.hostname) ?? new Map()
    jar.set(url.hostname, cookies)
    const maxAge = attribute.get('max-age')
    const gone = maxAge === undefined ? Date.parse(attribute.get('expires') ?? '') <= Date.now() : Number(maxAge) <= 0
    if (gone) cookies.delete(name)
    else cookies.set(name, { value, path: attribute.get('path') || '/' })
  }

  async function open(address, { form } = {}) {
    const url = new URL(address)
    const cookie = cookiesFor(url).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'text/html', ...(cookie !== '' && { cookie }) },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const setCookie of response.headers.getSetCookie()) keep(url, setCookie)
    const location = response.headers.get('location')
    return {
      url,
      status: response.status,
      headers: response.headers,
      location: location === null ? undefined : new URL(location, url),
      text: await response.text(),
    }
  }

  return {
    /** Opens an address, or submits a form to it (`{ form: [[name, value], …] }`). */
    open,
    /** Names of the cookies that would be sent to this address. */
    cookieNames: (address) => cookiesFor(new URL(address)).map((pair) => cut(pair, '=')[0]),
  }
}

function isBelow(path, prefix) {
  return prefix === '/' || path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}

function cut(text, separator) {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}

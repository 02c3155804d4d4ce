import type { Answer } from './answer.ts'
import { text } from './answer.ts'
import type { HydraRequest, Port } from './request.ts'

/** How an endpoint words its errors: flat JSON of the admin API, or the never cached form of the OAuth endpoints. */
export type ErrorStyle = 'admin' | 'oauth'

/** One endpoint. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  /** `{name}` stands for one segment. */
  readonly path: string
  /** Default `admin`. */
  readonly errors?: ErrorStyle
  readonly handle: (request: HydraRequest) => Answer | Promise<Answer>
}

/** A path that was found, or what to answer instead. */
export type Match =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly answer: Answer }

interface Compiled {
  readonly segments: readonly string[]
  readonly route: Route
}

/** Finds the route of a request. */
export type Router = (method: string, path: string, accept: string | undefined) => Match

/** Builds the router of one port; they differ in what they say about paths and methods they don't know. */
export function createRouter(port: Port, routes: readonly Route[]): Router {
  const compiled = routes.map((route): Compiled => ({ route, segments: route.path.split('/') }))
  const notFound = port === 'admin' ? () => text('404 page not found', 404) : negotiatedNotFound
  return (method, path, accept) => {
    // Only the root of the admin port has a page of its own for what isn't there.
    if (path === '/admin') return { answer: negotiatedNotFound(accept) }
    const segments = path.split('/')
    const candidates = compiled.filter((candidate) => fits(candidate.segments, segments))
    const found = candidates.find(
      ({ route }) => route.method === method || (method === 'HEAD' && route.method === 'GET'),
    )
    if (found !== undefined) return { route: found.route, params: paramsOf(found.segments, segments) }
    // On the public port a catch-all takes every other method, so only the admin port knows 405.
    if (port === 'public' || candidates.length === 0) return { answer: notFound(accept) }
    return { answer: text('Method Not Allowed', 405, [['Allow', allowed(candidates)]]) }
  }
}

function allowed(candidates: readonly Compiled[]): string {
  const methods = candidates.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
  return [...new Set(methods)].toSorted().join(', ')
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false
  return pattern.every((part, at) => (part.startsWith('{') ? segments[at] !== '' : part === segments[at]))
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {}
  pattern.forEach((part, at) => {
    if (part.startsWith('{')) params[part.slice(1, -1)] = decodeURIComponent(segments[at] ?? '')
  })
  return params
}

/** The path that is routed, or where to go instead. */
export type RoutedPath = { readonly path: string; readonly redirectTo?: string } | { readonly malformed: true }

/**
 * The path that is routed. The admin port takes every path with and without its `/admin` prefix; without it an encoded
 * slash is lost, because the path is then rewritten in its decoded form. With it, and on the public port, a path with
 * double slashes or dots is redirected to the clean one.
 */
export function routedPath(port: Port, raw: string): RoutedPath {
  if (/%(?![0-9a-f]{2})/i.test(raw)) return { malformed: true }
  const path = raw.endsWith('/') ? raw.slice(0, -1) : raw
  if (port === 'admin' && !path.startsWith('/admin')) {
    const decoded = decodeURIComponent(path)
    return { path: cleaned(`/admin/${decoded}`).split('/').map(encodeURIComponent).join('/') }
  }
  const clean = cleaned(path)
  // The root, too: without its slash nothing is left, and that is redirected to the root. As in Hydra.
  return clean === path ? { path: clean } : { path: clean, redirectTo: clean }
}

function cleaned(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}`
}

const notFoundReason = 'There is no such route here. Check path, host and port.'

/** 404 of the public port, in the form that `Accept` prefers; HTML where it says nothing. */
export function negotiatedNotFound(accept: string | undefined): Answer {
  const type = preferred(accept ?? '*/*')
  if (type === 'json') {
    const body = JSON.stringify({ error: { code: 404, message: 'Not Found', reason: notFoundReason } })
    return { status: 404, headers: [['Content-Type', 'application/json; charset=utf-8']], body }
  }
  if (type === 'text') {
    return {
      status: 404,
      headers: [['Content-Type', 'text/plain; charset=utf-8']],
      body: `Error 404 - ${notFoundReason}`,
    }
  }
  return {
    status: 404,
    headers: [['Content-Type', 'text/html; charset=utf-8']],
    body: `<!DOCTYPE html>\n<html lang="en"><head><meta charset="UTF-8" /><title>404 - Route not found</title></head><body><h1>404</h1><p>${notFoundReason}</p></body></html>`,
  }
}

function preferred(accept: string): 'html' | 'json' | 'text' {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...params] = range.split(';').map((part) => part.trim().toLowerCase())
    const quality = Number(params.find((param) => param.startsWith('q='))?.slice(2) ?? 1)
    return { type, quality: Number.isNaN(quality) ? 1 : quality }
  })
  const quality = (type: string): number => {
    const [main] = type.split('/')
    const of = (range: string): number | undefined => ranges.find((candidate) => candidate.type === range)?.quality
    return of(type) ?? of(`${main}/*`) ?? of('*/*') ?? 0
  }
  const offers = [
    { name: 'html', quality: quality('text/html') },
    { name: 'text', quality: quality('text/plain') },
    { name: 'json', quality: quality('application/json') },
  ] as const
  const best = offers.reduce((a, b) => (b.quality > a.quality ? b : a))
  return best.quality === 0 ? 'html' : best.name
}

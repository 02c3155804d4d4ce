/**
 * The accent colour: made readable before it is used. Contrast as WCAG 2.2 defines it (success criteria 1.4.3, 1.4.11).
 */
import { optionsError } from '../errors.ts'

type Rgb = readonly [number, number, number]

const black: Rgb = [20, 22, 27]
const white: Rgb = [255, 255, 255]

/** Backgrounds of the card in both modes; everything is measured against them. */
export const cards: { readonly light: string; readonly dark: string } = { light: '#ffffff', dark: '#1b1e26' }

/** The colours of one mode. */
export interface Palette {
  /** Fill of the primary button: ≥ 3:1 against the card. */
  readonly accent: string
  /** Text on it: ≥ 4.5:1. */
  readonly onAccent: string
  /** Links and focus rings: ≥ 4.5:1 against the card. */
  readonly accentText: string
}

/** The palette for an accent colour and a card. @throws TypeError `ERR_OPTIONS` if it is not a hex colour */
export function paletteOf(accentColor: string, card: string): Palette {
  const wish = parseHex(accentColor)
  const background = parseHex(card)
  const accent = approach(wish, background, 3)
  const onAccent = contrast(accent, white) >= contrast(accent, black) ? white : black
  return {
    // A text on a mid-grey may reach 4.5 with neither; moving the fill away from the text's colour mends that.
    accent: hex(approach(accent, onAccent, 4.5)),
    onAccent: hex(onAccent),
    accentText: hex(approach(wish, background, 4.6)),
  }
}

/** Contrast ratio of two hex colours, 1 to 21. */
export function contrastRatio(a: string, b: string): number {
  return contrast(parseHex(a), parseHex(b))
}

/** Moves a colour away from another one until the ratio is reached. */
function approach(colour: Rgb, against: Rgb, ratio: number): Rgb {
  const towards: Rgb = luminance(against) > 0.18 ? [0, 0, 0] : [255, 255, 255]
  for (let step = 0; step <= 100; step++) {
    const candidate = colour.map((value, index) => Math.round(value + ((towards[index] ?? 0) - value) * (step / 100)))
    if (contrast(candidate as unknown as Rgb, against) >= ratio) return candidate as unknown as Rgb
  }
  return towards
}

function parseHex(text: string): Rgb {
  const long = /^#[0-9a-f]{3}$/i.test(text) ? text.replace(/[0-9a-f]/gi, '$&$&') : text
  if (!/^#[0-9a-f]{6}$/i.test(long)) {
    throw optionsError('branding.accentColor', 'must be a hex colour such as #2f5fd0')
  }
  return [1, 3, 5].map((start) => parseInt(long.slice(start, start + 2), 16)) as unknown as Rgb
}

function hex(colour: Rgb): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

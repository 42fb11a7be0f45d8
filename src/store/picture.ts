// Pictures as files: SVG as it is, PNG drawn by resvg with a font of our own, so that its bytes are the same everywhere.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { wholeOutlet } from '../carrier/file.ts'
import { CarrierError, systemReason } from '../errors.ts'

export const PICTURES = ['svg', 'png'] as const
export type PictureKind = (typeof PICTURES)[number]

/** The file is what it was until the new picture is whole. */
export async function writePicture(
  path: string,
  kind: PictureKind,
  svg: string,
  context: { readonly warn: (message: string) => void },
): Promise<void> {
  const bytes = kind === 'svg' ? Buffer.from(svg) : await pngOf(svg)
  const outlet = await wholeOutlet(path, { ...context, stop: new AbortController().signal })
  try {
    await outlet.write([bytes])
  } catch (error) {
    // A part of a picture is of no use.
    await outlet.abort?.()
    context.warn(`${path}: the picture is as it was before`)
    throw error
  }
  await outlet.close()
}

type Draw = (svg: string) => Uint8Array
let drawing: Promise<Draw> | undefined

export async function pngOf(svg: string): Promise<Uint8Array> {
  drawing ??= loadDrawing()
  return (await drawing)(svg)
}

async function loadDrawing(): Promise<Draw> {
  try {
    const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
    await initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')))
    const family = 'DejaVu Sans'
    const font = { fontBuffers: [readFileSync(fontFile())], defaultFontFamily: family, sansSerifFamily: family }
    return svg => {
      const renderer = new Resvg(svg, { font })
      const image = renderer.render()
      const bytes = image.asPng()
      image.free()
      renderer.free()
      return bytes
    }
  } catch (error) {
    throw new CarrierError('png', `cannot be drawn: ${systemReason(error)}; SVG can (--svg)`, { cause: error })
  }
}

function fontFile(): string {
  const name = import.meta.url.endsWith('.ts') ? '../../dist/DejaVuSans.ttf' : './DejaVuSans.ttf'
  return fileURLToPath(new URL(name, import.meta.url))
}

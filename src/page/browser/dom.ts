// Elements of the page: those it has, and new ones.

type Kinds = HTMLElementTagNameMap

/** The element with this id, of this kind; the page cannot be without it. */
export function byId<Kind extends keyof Kinds>(kind: Kind, id: string): Kinds[Kind] {
  const found = document.querySelector<Kinds[Kind]>(`${kind}#${id}`)
  if (!found) throw new Error(`the page has no <${kind} id="${id}">`)
  return found
}

export interface Made {
  readonly class?: string
  readonly text?: string
  readonly attributes?: Readonly<Record<string, string>>
}

export function make<Kind extends keyof Kinds>(kind: Kind, made: Made = {}, ...children: readonly Node[]): Kinds[Kind] {
  const element = document.createElement(kind)
  if (made.class !== undefined) element.className = made.class
  if (made.text !== undefined) element.textContent = made.text
  for (const [name, value] of Object.entries(made.attributes ?? {})) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** What a canvas is drawn on with. */
export function drawing(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser has no canvas')
  return context
}

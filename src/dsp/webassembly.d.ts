// What is used of the WebAssembly JavaScript interface: Node's types leave it to those of browsers.

declare namespace WebAssembly {
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean

  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>)
  }

  class Instance {
    constructor(module: Module, imports: { readonly env?: { readonly memory: Memory } })
    readonly exports: Readonly<Record<string, unknown>>
  }

  class Memory {
    /** In pages of 64 KiB; one that is shared says how large it may become. */
    constructor(size: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean })
    readonly buffer: ArrayBufferLike
  }
}

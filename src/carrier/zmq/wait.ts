// A promise that is kept from outside, for whoever waits for something that happens at most once.

export interface Wait {
  readonly promise: Promise<void>
  readonly resolve: () => void
}

export function wait(): Wait {
  let resolve = () => {}
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

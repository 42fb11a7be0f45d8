// An engine as a bus.

import type { Bus } from '../bus.ts'
import type { Engine } from './engine.ts'
import { enginePublisher } from './publisher.ts'
import { engineSubscriber } from './subscriber.ts'

export function engineBus(engine: Engine): Bus {
  return {
    name: engine.name,
    cannotBlock: !engine.canBlock,
    cannotWindow: !engine.canWindow,
    publish: (options, context) => enginePublisher(engine, options, context),
    subscribe: (patterns, options, context) => engineSubscriber(engine, patterns, options, context),
  }
}

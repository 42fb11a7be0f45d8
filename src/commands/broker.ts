// broker: topics, their publishers and subscribers; embedded, or on an engine that exists.

import type { Family } from '../cli/family.ts'
import { runCommand } from '../cli/main.ts'

export const broker: Family = {
  name: 'broker',
  summary: 'publish and subscribe to topics, ask and answer, with a broker of its own or an existing one',
  description: [
    'broker serve is a broker: programs publish packets to topics, others subscribe to the topics they want, neither knows ' +
      'of the other. broker pub and broker sub are filters that do so in the shell. Any program that can open a socket and ' +
      'write a line is a client: see broker(5).',
    'A topic is an address of words between dots, as *lab.cryostat.temperature*. A packet goes to the topic its meta names: ' +
      '{"topic":"lab.cryostat.temperature","value":4.2}. A subscriber names patterns: * stands for one word, # for any ' +
      'number of words, none included, as in AMQP 0-9-1. A packet comes to a subscriber once, however many of its patterns ' +
      'match.',
  ],
  examples: [
    {
      summary: 'A broker, a subscriber and a publisher',
      line:
        'export DAQ_BUS=unix:bus; broker serve --listen unix:bus & broker sub -qn 5 lab.# & ' +
        'sensor-sim -n 5 --interval 0 | broker pub -q --subscribers 1 lab.sim; wait %2; kill %1',
    },
  ],
  seeAlso: ['broker(5)'],
  verbs: [
    {
      name: 'broker serve',
      summary: 'be a broker',
      table: async () => (await import('./broker/serve.ts')).brokerServe,
      run: async words => runCommand((await import('./broker/serve.ts')).brokerServe, words),
    },
    {
      name: 'broker pub',
      summary: 'publish packets to topics, or the rows of a dataset',
      table: async () => (await import('./broker/pub.ts')).brokerPub,
      run: async words => runCommand((await import('./broker/pub.ts')).brokerPub, words),
    },
    {
      name: 'broker sub',
      summary: 'subscribe to topics',
      table: async () => (await import('./broker/sub.ts')).brokerSub,
      run: async words => runCommand((await import('./broker/sub.ts')).brokerSub, words),
    },
    {
      name: 'broker request',
      summary: 'ask whoever answers at an address, and print the answers',
      table: async () => (await import('./broker/request.ts')).brokerRequest,
      run: async words => runCommand((await import('./broker/request.ts')).brokerRequest, words),
    },
    {
      name: 'broker reply',
      summary: 'answer requests with a program',
      table: async () => (await import('./broker/reply.ts')).brokerReply,
      run: async words => runCommand((await import('./broker/reply.ts')).brokerReply, words),
    },
    {
      name: 'broker bridge',
      summary: 'join two buses, the topics of one under a prefix on the other',
      table: async () => (await import('./broker/bridge.ts')).brokerBridge,
      run: async words => runCommand((await import('./broker/bridge.ts')).brokerBridge, words),
    },
    {
      name: 'broker forget',
      summary: 'forget what is retained of topics, and consumers that will not come back',
      table: async () => (await import('./broker/forget.ts')).brokerForget,
      run: async words => runCommand((await import('./broker/forget.ts')).brokerForget, words),
    },
    {
      name: 'broker ps',
      summary: 'show who is at the broker, what they get and what they miss',
      table: async () => (await import('./broker/ps.ts')).brokerPs,
      run: async words => runCommand((await import('./broker/ps.ts')).brokerPs, words),
    },
  ],
}

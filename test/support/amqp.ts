// A RabbitMQ to compare with, where there is one.

/** As much of amqplib as the tests use. */
export interface AmqpChannel {
  assertExchange(name: string, type: string, options: { readonly autoDelete: boolean }): Promise<unknown>
  assertQueue(name: string, options: { readonly exclusive: boolean }): Promise<{ readonly queue: string }>
  bindQueue(queue: string, exchange: string, pattern: string): Promise<unknown>
  unbindQueue(queue: string, exchange: string, pattern: string): Promise<unknown>
  deleteQueue(queue: string): Promise<unknown>
  publish(exchange: string, address: string, content: Buffer): boolean
  consume(
    queue: string,
    take: (message: { readonly content: Buffer } | null) => void,
    options: { readonly noAck: boolean },
  ): Promise<unknown>
}

export interface AmqpConnection {
  createChannel(): Promise<AmqpChannel>
  close(): Promise<void>
}

const SERVER = process.env['DAQ_TEST_AMQP'] ?? ''

async function clientFault(): Promise<string | undefined> {
  try {
    await import(CLIENT)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A name rather than a literal: who works without a RabbitMQ need not have it installed. */
const CLIENT: string = 'amqplib'

/** Why there is none; false if there is. */
export async function withoutAmqp(): Promise<string | false> {
  if (SERVER === '') return 'skipped: DAQ_TEST_AMQP names no server (amqp://USER@HOST:PORT)'
  const fault = await clientFault()
  return fault !== undefined && `skipped: ${fault}`
}

export async function connectAmqp(): Promise<AmqpConnection> {
  const client: { readonly connect: (url: string) => Promise<AmqpConnection> } = await import(CLIENT)
  // The password of RabbitMQ's own account, which may log in from this machine alone.
  return client.connect(SERVER.replace('//guest@', '//guest:guest@'))
}

// A NATS server to compare with, where there is one.

export const NATS = process.env['DAQ_TEST_NATS'] ?? ''

/** Why there is none; false if there is. */
export async function withoutNats(): Promise<string | false> {
  if (NATS === '') return 'skipped: DAQ_TEST_NATS names no server (nats://HOST:PORT)'
  try {
    for (const name of ['@nats-io/transport-node', '@nats-io/jetstream']) await import(name)
    return false
  } catch (error) {
    return `skipped: ${error instanceof Error ? error.message : error}`
  }
}

interface NatsConnection {
  publish(subject: string, payload: string): void
  flush(): Promise<void>
  close(): Promise<void>
}

export async function connectNats(): Promise<NatsConnection> {
  const client: string = '@nats-io/transport-node'
  const { connect }: { readonly connect: (options: { readonly servers: string }) => Promise<NatsConnection> } =
    await import(client)
  return connect({ servers: NATS })
}

export async function deleteStream(name: string): Promise<void> {
  const client: string = '@nats-io/jetstream'
  const {
    jetstreamManager,
  }: {
    readonly jetstreamManager: (
      connection: NatsConnection,
    ) => Promise<{ readonly streams: { delete(name: string): Promise<unknown> } }>
  } = await import(client)
  const connection = await connectNats()
  try {
    await (await jetstreamManager(connection)).streams.delete(name)
  } catch {
    // It has not been made.
  } finally {
    await connection.close()
  }
}

// An MQTT 5 broker to compare with, where there is one.

interface MqttClient {
  publish(topic: string, text: string, options: { readonly qos: 1 }, done: (error?: Error | null) => void): void
  on(event: 'connect', listener: () => void): void
  end(force: boolean, done: () => void): void
}

/** A name rather than a literal: who works without a broker need not have it installed. */
const CLIENT: string = 'mqtt'

export const MQTT = process.env['DAQ_TEST_MQTT'] ?? ''

/** Why there is none; false if there is. */
export async function withoutMqtt(): Promise<string | false> {
  if (MQTT === '') return 'skipped: DAQ_TEST_MQTT names no server (mqtt://HOST:PORT)'
  try {
    await import(CLIENT)
    return false
  } catch (error) {
    return `skipped: ${error instanceof Error ? error.message : error}`
  }
}

async function withClient(options: object, act: (client: MqttClient, done: () => void) => void): Promise<void> {
  const { connect }: { readonly connect: (url: string, options: object) => MqttClient } = await import(CLIENT)
  const client = connect(MQTT, { protocolVersion: 5, ...options })
  await new Promise<void>(resolve => client.on('connect', () => act(client, resolve)))
  await new Promise<void>(resolve => client.end(true, resolve))
}

/** As a sensor that knows nothing of packets does. */
export function publishText(topic: string, text: string): Promise<void> {
  return withClient({}, (client, done) => client.publish(topic, text, { qos: 1 }, () => done()))
}

export function forgetSession(clientId: string): Promise<void> {
  return withClient({ clientId, clean: true }, (_, done) => done())
}

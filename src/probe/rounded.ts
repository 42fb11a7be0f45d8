// Values as an instrument would print them.

/** Six digits after the point: enough for a sensor, and without the noise of binary fractions. */
export function rounded(value: number): number {
  const result = Math.round(value * 1e6) / 1e6
  return result === 0 ? 0 : result
}

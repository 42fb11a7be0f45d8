// SigMF's names of element types, and the dtypes they are.

import { type Dtype, dtypeNamed } from '../dtype.ts'

/** What `core:datatype` may be (SigMF 1.2, section on datasets): 64-bit integers and 16-bit floats have no name. */
const NAME = /^[rc](?:f(?:32|64)|[iu](?:8|16|32))(?:_le|_be)?$/

/** Without a byte order, what has more than one byte is little-endian. */
export function dtypeOfSigmf(name: string): Dtype | undefined {
  if (!NAME.test(name)) return undefined
  return (
    dtypeNamed(name) ?? dtypeNamed(/8$/.test(name) ? name : `${name}_le`) ?? dtypeNamed(name.replace(/_[lb]e$/, ''))
  )
}

/** Nothing for dtypes that SigMF has no name for. */
export function sigmfName({ kind, size, complex, littleEndian }: Dtype): string | undefined {
  const bits = (complex ? size / 2 : size) * 8
  const order = bits === 8 ? '' : littleEndian ? '_le' : '_be'
  const name = `${complex ? 'c' : 'r'}${kind[0]}${bits}${order}`
  return NAME.test(name) ? name : undefined
}

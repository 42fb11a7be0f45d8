import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { dtypeNamed } from '../../src/codec/dtype.ts'
import { type Meta, packet } from '../../src/packet.ts'
import { NAMES } from '../../src/valkyrie/names.ts'
import { npyHeader } from '../../src/valkyrie/npy.ts'
import { DEBIAN_PYTHON, noNumpy } from '../support/python.ts'

function npy(meta: Meta, data: Uint8Array): Buffer {
  const header = npyHeader(packet(meta, data))
  if (!(header instanceof Uint8Array)) throw new Error(`${header.reason}: ${header.detail}`)
  return Buffer.concat([header, data])
}

const DTYPES = [
  'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128',
  'cf32_le ci16_le cu8 ri16_be cf64_be >u2 <f4 |b1 >c16',
].flatMap(names => names.split(' '))

t.test('the header is the one that numpy.lib.format writes', { skip: noNumpy }, async t => {
  const folder = t.testdir({})
  const shapes = [[], [0], [6], [2, 3], [1, 2, 3], [4, 0, 2], [65536], Array(30).fill(1)]
  const program = `
import sys, io, json, numpy
for shape, descr in json.load(sys.stdin):
    f = io.BytesIO()
    numpy.lib.format.write_array_header_1_0(f, {'descr': descr, 'fortran_order': False, 'shape': tuple(shape)})
    print(f.getvalue().hex())
`
  const cases = shapes.flatMap(shape => ['<f4', '|u1', '>c16'].map(descr => [shape, descr] as const))
  const input = JSON.stringify(cases)
  const expected = execFileSync(DEBIAN_PYTHON, ['-c', program], { input, cwd: folder, encoding: 'utf8' }).split('\n')
  for (const [index, [shape, dtype]] of cases.entries()) {
    const size = dtypeNamed(dtype)?.size ?? 0
    const bytes = shape.reduce((product, side) => product * side, size)
    const header = npyHeader(packet({ dtype, shape }, Buffer.alloc(bytes)))
    t.equal(header instanceof Uint8Array && Buffer.from(header).toString('hex'), expected[index], `${dtype} ${shape}`)
  }
})

t.test('numpy.load reads each dtype with its numbers', { skip: noNumpy }, async t => {
  const folder = t.testdir({})
  const bytes = Buffer.from(Array.from({ length: 96 }, (_, index) => index % 7))
  for (const [index, dtype] of DTYPES.entries()) {
    const size = dtypeNamed(dtype)?.size ?? 0
    writeFileSync(join(folder, `${index}.npy`), npy({ dtype, shape: [2, 48 / size] }, bytes))
  }
  const program = `
import sys, json, numpy
for n in range(${DTYPES.length}):
    a = numpy.load('%d.npy' % n)
    print(json.dumps([a.dtype.str, a.shape, a.tobytes() == bytes(i % 7 for i in range(96))]))
`
  const told = execFileSync(DEBIAN_PYTHON, ['-c', program], { cwd: folder, encoding: 'utf8' })
  const numpyNames: Record<string, string> = {
    bool: '|b1',
    int8: '|i1',
    uint8: '|u1',
    complex64: '<c8',
    complex128: '<c16',
    cf32_le: '<c8',
    ci16_le: '<i2',
    cu8: '|u1',
    ri16_be: '>i2',
    cf64_be: '>c16',
  }
  for (const [index, line] of told.trimEnd().split('\n').entries()) {
    const dtype = DTYPES[index] ?? ''
    const size = dtypeNamed(dtype)?.size ?? 0
    const plain = /^(int|uint|float)(\d+)$/.exec(dtype)
    const name = numpyNames[dtype] ?? (plain ? `<${plain[1]?.[0]}${Number(plain[2]) / 8}` : dtype)
    const shape = [2, 48 / size, ...(/^c[iu]/.test(dtype) ? [2] : [])]
    t.same(JSON.parse(line), [name, shape, true], dtype)
  }
})

t.test('without dtype or shape it is a row of bytes, or of elements', async t => {
  t.match(npy({}, Buffer.from('abc')).toString('latin1'), /'descr': '\|u1', .*'shape': \(3,\), \} +\nabc$/)
  t.match(npy({ dtype: 'int16' }, Buffer.alloc(6)).toString('latin1'), /'<i2', .*\(3,\)/)
  const meta = { [NAMES.dtype]: 'uint16', [NAMES.shape]: [1, 3], dtype: 'nonsense' }
  t.match(npy(meta, Buffer.alloc(6)).toString('latin1'), /'<u2', .*\(1, 3\)/)
})

t.test('what dtype and shape do not describe has no header', async t => {
  const fault = (meta: Meta, length: number) => npyHeader(packet(meta, Buffer.alloc(length)))
  t.match(fault({ dtype: 'float31' }, 4), { reason: 'unknown dtype', detail: '"float31"' })
  t.match(fault({ dtype: 7 }, 4), { reason: 'unknown dtype' })
  t.match(fault({ shape: [1035, 1060], dtype: 'uint32' }, 1023462), {
    reason: 'shape mismatch',
    detail: '1023462 bytes of data, expected 4388400 by dtype and shape',
  })
  t.match(fault({ dtype: 'int16' }, 5), { reason: 'shape mismatch' })
  for (const shape of ['5', [1.5], [-1], [null], { 1035: 1060 }, 5]) {
    t.match(fault({ shape }, 1), { reason: 'shape mismatch' }, JSON.stringify(shape))
  }
  t.match(fault({ shape: Array(30000).fill(1) }, 1), { reason: 'shape mismatch' })
})

// Headers in their forms, arguments with their units.

import t from 'tap'
import { headerPattern, parseCommand, scpiFlag, scpiNumber } from '../../src/instrument/scpi-command.ts'

t.test('a command, a question, arguments', async t => {
  t.same(parseCommand(':FREQ:CENTER 2450000000'), {
    header: 'FREQ:CENTER',
    isQuestion: false,
    arguments: ['2450000000'],
  })
  t.same(parseCommand(' :*idn?\r'), { header: '*idn', isQuestion: true, arguments: [] })
  t.same(parseCommand('INP:GAIN? 2 , 3'), { header: 'INP:GAIN', isQuestion: true, arguments: ['2', '3'] })
  t.equal(parseCommand('?'), undefined)
})

t.test('short and long forms, and what may be left out', async t => {
  const matches = headerPattern('[:SENSe]:FREQuency:CENTer')
  for (const header of ['FREQ:CENT', 'freq:center', 'SENS:FREQUENCY:CENT', 'sense:freq:cent'])
    t.ok(matches(header), header)
  for (const header of ['FREQ', 'FREQU:CENT', 'SENS:CENT', 'FREQ:CENT:X', 'X:FREQ:CENT'])
    t.notOk(matches(header), header)
  t.ok(headerPattern('*IDN')('*idn'))
  t.ok(headerPattern('SYSTem:ERRor[:NEXT]')('SYST:ERR'))
  t.ok(headerPattern('SYSTem:ERRor[:NEXT]')('SYSTEM:ERROR:NEXT'))
  t.ok(headerPattern('TRACe:SPPacket')('TRACE:SPP'))
})

t.test('numbers and flags', async t => {
  for (const [text, value] of [
    ['2450000000', 2.45e9],
    ['2.45 GHz', 2.45e9],
    ['2450MHZ', 2.45e9],
    ['100 kHz', 1e5],
    ['-30 dBm', -30],
    ['+1.5e3', 1500],
    ['.5', 0.5],
  ] as const)
    t.equal(scpiNumber(text), value, text)
  for (const text of ['', 'fast', '1 V', undefined]) t.throws(() => scpiNumber(text), /no number/)
  t.equal(scpiFlag('on'), true)
  t.equal(scpiFlag('0'), false)
  t.throws(() => scpiFlag('2'))
})

import t from 'tap'
import { inline, literal, paragraph, section, term } from '../../../src/cli/docs/roff.ts'

t.test('what roff would take for its own is made harmless', async t => {
  t.equal(inline('a-b \\ c'), 'a\\-b \\e c')
  t.equal(paragraph('.TH is a macro'), '.PP\n\\&.TH is a macro')
  t.equal(literal("'quoted'\n.dot"), ".PP\n.RS 4\n.nf\n\\&'quoted'\n\\&.dot\n.fi\n.RE")
})

t.test('emphasis of the prose is that of the page', async t => {
  t.equal(inline('*bold* and _italic_, not snake_case_names'), '\\fBbold\\fR and \\fIitalic\\fR, not snake_case_names')
  t.equal(section('Exit status'), '.SH EXIT STATUS')
  t.equal(term('\\-n', 'how many'), '.TP\n\\-n\nhow many')
})

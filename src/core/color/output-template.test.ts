import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EXAMPLE_RUN, mailFacts } from './mail-facts.ts'
import { bucketProblems, fileNameProblems, isMailAddress, isWholePath, mailProblems } from './output-check.ts'
import { escapeHtml, fillTemplate, MAIL_PLACEHOLDERS, plainFileName, unknownPlaceholders } from './output-template.ts'

const facts = mailFacts(EXAMPLE_RUN, { date: '2026-11-20', time: '09:05' })

describe('a template', () => {
  test('knows every placeholder that a mail offers, and fills each', () => {
    const all = MAIL_PLACEHOLDERS.map(name => `{{${name}}}`).join('|')
    expect(unknownPlaceholders(all, MAIL_PLACEHOLDERS)).toEqual([])
    expect(fillTemplate(all, facts)).toBe('2026-11-20|09:05|1|1800|120|8|1.4 s|2')
  })
  test('names what means nothing, once, and leaves it as it stands', () => {
    const template = '{{ date }} {{Date}} {{total}} {{total}} {date} {{}}'
    expect(unknownPlaceholders(template, MAIL_PLACEHOLDERS)).toEqual(['Date', 'total', ''])
    expect(fillTemplate(template, facts)).toBe('2026-11-20 {{Date}} {{total}} {{total}} {date} {{}}')
  })
  test('what is filled in is not read as a template again, nor as a pattern', () => {
    expect(fillTemplate('{{a}}{{b}}', { a: '{{b}}', b: "$& $1 $'" })).toBe("{{b}}$& $1 $'")
    expect(fillTemplate('{{constructor}}', facts)).toBe('{{constructor}}')
  })
  test('in HTML no value can open a tag or leave an attribute', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/)
        expect(escapeHtml(text).replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
      }),
    )
  })
})

describe('a name of a file', () => {
  test.each([
    ['CLO: 3/4 <x>', 'CLO- 3-4 -x-'],
    ['../../etc/passwd', '-..-etc-passwd'],
    ['con', '_con'],
    ['LPT1.x', '_LPT1.x'],
    [' . ', 'colors'],
    ['a\nb', 'a-b'],
  ])('%s becomes %s', (text, name) => expect(plainFileName(text)).toBe(name))
  test('is always one part of a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const name = plainFileName(text)
        expect(name).not.toMatch(/[/\\\0]|^\.|^$/)
        expect(name.length).toBeLessThanOrEqual(121)
      }),
    )
  })
})

describe('a form', () => {
  const mail: Parameters<typeof mailProblems>[0] = {
    ...{ enabled: true, host: 'mail.firm.example', encryption: 'starttls', user: '', from: 'Desk <a@b.example>', zone: 'UTC' },
    ...{ to: ['c@d.example'], cc: [], bcc: [], subject: '', text: '', html: '' },
  }
  test('that is well has nothing said of it', () => expect(mailProblems(mail)).toEqual([]))
  test.each([
    [{ subject: '{{x}}' }, 'subject placeholder x'],
    [{ html: '{{x y}}' }, 'html placeholder x y'],
    [{ to: ['c@d.example', 'nobody'] }, 'to address nobody'],
    [{ from: 'desk' }, 'from address desk'],
    [{ from: '' }, 'from missing '],
    [{ host: '' }, 'host missing '],
    [{ to: [] }, 'to missing '],
    [{ user: 'desk', encryption: 'none' as const }, 'encryption plain-password mail.firm.example'],
    [{ zone: 'Mars' }, 'zone zone Mars'],
  ])('%j is said where it is', (over, words) => {
    const found = mailProblems({ ...mail, ...over })
    expect(found.map(({ field, kind, detail }) => `${field} ${kind} ${detail}`)).toEqual([words])
  })
  test('of a mail that is off may be unfinished', () => {
    expect(mailProblems({ ...mail, enabled: false, host: '', from: '', to: [] })).toEqual([])
    expect(mailProblems({ ...mail, user: 'x', encryption: 'none', host: '127.0.0.1' })).toEqual([])
  })
  test.each([
    ['a@b.example', true],
    ['Desk <a@b.example>', true],
    ['a@b.example, c@d.example', false],
    ['a b@c.example', false],
    ['a@b.example>\r\nBcc: x@y', false],
    ['', false],
  ])('%j as a mail address: %s', (text, ok) => expect(isMailAddress(text)).toBe(ok))
  test.each([
    ['/desk', true],
    ['C:\\desk', true],
    ['\\\\nas\\desk', true],
    ['desk/out', false],
    ['~/out', false],
  ])('%s as a whole path: %s', (path, ok) => expect(isWholePath(path)).toBe(ok))
  test('of a bucket and of names of files', () => {
    expect(bucketProblems({ endpoint: '', bucket: 'colors' })).toEqual([])
    expect(bucketProblems({ endpoint: 'minio:9000', bucket: '-x' }).map(({ kind }) => kind)).toEqual(['endpoint', 'bucket'])
    expect(bucketProblems({ endpoint: 'https://key:secret@minio', bucket: 'abc' }).map(({ kind }) => kind)).toEqual(['endpoint'])
    expect(fileNameProblems({ fileName: '{{run}}', zone: 'UTC' }).map(({ detail }) => detail)).toEqual(['run'])
  })
})

import { kinds } from '../../agent/report/explanation.ts'
import { type AnyCode, codes } from '../../src/engine/codes.ts'
import { code, literally, page, paragraph } from './markdown.ts'

/** Every code, as `explain` tells of it. */
export function codesPage(): string {
  const all = Object.entries(codes)
  return page([
    '# Codes',
    paragraph(
      `What stops a step, and what a person should know of one that went on, has a code. There are ${all.length}. ${code('slurm-node-agent explain CODE')} says the same on the instance, ${code('slurm-node-agent explain')} lists all.`,
    ),
    ...Object.entries(kinds).flatMap(([kind, { all: title, follows }]) => [
      `## ${title}`,
      paragraph(`${follows[0]?.toUpperCase()}${follows.slice(1)}.`),
      ...all.filter(([, { kind: own }]) => own === kind).flatMap(([name, entry]) => section(name, entry)),
    ]),
  ])
}

function section(name: string, { means, cause, mend }: (typeof codes)[AnyCode]): readonly string[] {
  return [`### ${name}`, paragraph(`**${prose(means)}** ${prose(cause)}`), paragraph(`To mend it: ${prose(mend)}`)]
}

/** With links where another code is named. */
function prose(text: string): string {
  return literally(text).replaceAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g, (name) =>
    Object.hasOwn(codes, name) ? `[${code(name)}](#${name.toLowerCase()})` : name,
  )
}

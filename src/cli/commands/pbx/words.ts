import type { Prepared } from '../../../setup/asterisk/install.ts'
import { plural } from '../../terminal/format.ts'
import type { Paint } from '../../terminal/paint.ts'

type Verb = 'install' | 'uninstall'

/** The changes as `--json` has them. */
export function preparedView({ layout, changes, sounds, notes }: Prepared) {
  return {
    layout,
    changes: changes.map(({ path, before, after, difference }) => ({
      path,
      what: what({ before, after }),
      difference,
    })),
    sounds,
    notes,
  }
}

function what({ before, after }: { before: string | undefined; after: string | undefined }): string {
  if (before === undefined) return 'new'
  return after === undefined ? 'removed' : 'changed'
}

/** The difference, and what should be known beside it. */
export function changeWords({ changes, sounds, notes }: Prepared, verb: Verb, paint: Paint): string {
  const whole = changes
    .filter(({ difference }) => difference === '')
    .map(({ path, before, after }) => `${what({ before, after }).padEnd(8)} ${path}\n`)
  const sound = `${verb === 'install' ? 'new' : 'removed'}`.padEnd(8)
  const soundLine = sounds.count === 0 ? '' : `${sound} ${plural(sounds.count, 'sound')} in ${sounds.folder}\n`
  const differences = changes.filter(({ difference }) => difference !== '').map(each => painted(each.difference, paint))
  const remarks = notes.map(note => `${paint('yellow', 'note:')} ${note}\n`)
  return [whole.join('') + soundLine, ...differences, remarks.join('')].filter(text => text !== '').join('\n')
}

function painted(difference: string, paint: Paint): string {
  return difference
    .split('\n')
    .map(line => {
      if (/^(---|\+\+\+) /.test(line)) return paint('bold', line)
      if (line.startsWith('+')) return paint('green', line)
      return line.startsWith('-') ? paint('red', line) : line
    })
    .join('\n')
}

/** What was done, and what comes next. */
export function doneWords(
  { layout }: Prepared,
  { write, total, verb }: { write: boolean; total: number; verb: Verb },
): string {
  if (total === 0) return 'nothing to do: all is there as it should be\n'
  if (!write) return '\nnothing was written\n'
  const restart = layout === 'freepbx' ? '`fwconsole restart`' : '`systemctl restart asterisk`'
  if (verb === 'uninstall') return `\nundone. Next, when no call is up: ${restart}\n`
  return `\nwritten; copies of what was there are kept, \`dialwright pbx uninstall\` brings them back.
Next:
  1. When no call is up: ${restart}
  2. Your carrier into dialwright/pjsip_trunks.conf and your phones into dialwright/pjsip_agents.conf, then \`asterisk -rx 'module reload res_pjsip.so'\`
  3. Check it: \`dialwright doctor\`
`
}

// Whose fault it is that the store does not answer: what the service manager's watchdog goes by.
import t from 'tap'
import { watchWriterLife } from '../../src/daemon/writerLife.ts'
import { StoreError } from '../../src/errors.ts'

t.test('a disk that refuses or hangs is no fault of the daemon, a writer that has gone is', async t => {
  let asked = 0
  let outcome: () => Promise<void> = async () => {}
  const lives = watchWriterLife(
    {
      tryWriting: () => {
        asked += 1
        return outcome()
      },
    },
    20,
  )
  t.equal(await lives(), true)
  outcome = async () => {
    throw new StoreError('disk-full', 'the disk is full')
  }
  t.equal(await lives(), true, 'full')

  let end = (_: Error): void => {}
  outcome = () =>
    new Promise((_, reject) => {
      end = reject
    })
  t.equal(await lives(), true, 'it hangs')
  t.equal(await lives(), true)
  t.equal(asked, 3, 'a question that waits is not asked again')

  const answer = lives()
  end(new StoreError('writer-gone', 'the database writer has ended unexpectedly'))
  t.equal(await answer, false, 'gone while it hung')
  outcome = async () => {
    throw new StoreError('writer-gone', 'the database writer has ended unexpectedly')
  }
  t.equal(await lives(), false)
})

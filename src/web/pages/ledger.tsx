import type { SessionView } from '../../api/access/sessions.ts'
import { Deeds } from '../ledger/deeds.tsx'
import { Proof } from '../ledger/proof.tsx'
import { Table } from '../ledger/table.tsx'
import { openHouse } from '../parts/house.tsx'
import { say } from '../parts/words.ts'

/** Whoever sees some campaigns alone has their rows of the table; the chain and the deeds are of the whole house. */
function Ledger({ session }: { readonly session: SessionView }) {
  const isWhole = session.campaigns === undefined
  return (
    <>
      <div class="unprinted">
        <h1>{say('place.ledger')}</h1>
        <p class="muted">{say('ledger.lead')}</p>
      </div>
      <Proof mayProve={isWhole} />
      <Table />
      {isWhole && <Deeds />}
    </>
  )
}

void openHouse({ at: 'ledger', rights: ['see-reports'], part: 'ledger', page: session => <Ledger session={session} /> })

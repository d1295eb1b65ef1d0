import { errorCode } from '../../errors.ts'
import type { NodeContext } from '../context.ts'

/**
 * Puts an agent's new line into the bridge of a conversation, and whoever is there into it anew. The PBX goes on with what it has made
 * for the sound of the line before: where it translates between codecs, as for a phone in a page, the person has every now and then
 * heard nothing of the new line for good (Asterisk 22.10; some reload in three). What is made anew is made for the line that is there.
 * @throws TelephonyError the line cannot be put there
 */
export async function joinAnew(
  context: NodeContext,
  { bridgeId, channelId, before }: { bridgeId: string; channelId: string; before: string | undefined },
): Promise<void> {
  const ari = context.ari()
  const inside = await ari.channelsIn(bridgeId)
  await ari.addToBridge(bridgeId, [channelId])
  for (const other of inside ?? [])
    if (other !== before && other !== channelId)
      await ari
        .addToBridge(bridgeId, [other])
        .catch(error => context.log.debug({ code: errorCode(error) }, 'whoever talked with the line before has gone'))
}

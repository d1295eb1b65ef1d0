import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The clone's top folder. */
export const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Everything that set-up makes and that git ignores. DIALWRIGHT_SANDBOX_DIR lets several clones share one download. */
export const SANDBOX = process.env.DIALWRIGHT_SANDBOX_DIR ?? join(PROJECT, '.sandbox')

/** The installed Asterisk: a small Debian tree that is never written to after its installation. */
export const ASTERISK_TREE = join(SANDBOX, 'asterisk')

/** Where built images are kept. */
export const IMAGES = join(SANDBOX, 'images')

/** The configuration an operator gets, and which the sandbox boots. */
export const ASTERISK_CONF = join(PROJECT, 'asterisk-conf')

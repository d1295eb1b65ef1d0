/** How the daemon comes to this PBX; what is installed must fit it. */
export interface Access {
  readonly amiUser: string
  readonly amiSecret: string
  readonly amiPort: number
  readonly ariUser: string
  readonly ariSecret: string
  readonly ariPort: number
  /** What stands before `/ari` in the address; mostly empty. */
  readonly ariPrefix: string
  /** `host:port` to which the PBX sends copies of SIP messages. */
  readonly copiesTo: string
}

/** What is shipped for a PBX: texts by their path below the configuration's folder (`dialwright/extensions.conf`), latin1. */
export interface Shipped {
  readonly texts: ReadonlyMap<string, string>
  /** Names without `.so`, in the order in which they are to be loaded. */
  readonly modules: readonly string[]
}

/** What is known of a PBX beside its configuration. */
export interface Surroundings {
  /** Modules that lie in its folder; undefined: the folder is not here. */
  readonly modulesThere?: ReadonlySet<string>
  /** TCP ports of this machine's loopback at which somebody listens. */
  readonly portsTaken: ReadonlySet<number>
}

/** What is asked for. */
export interface Wishes {
  readonly access: Access
  /** `address:port` of a SIP transport of our own. */
  readonly transport?: string
  /** Our own files are written anew although somebody has changed them. */
  readonly replace: boolean
}

/** What our files and marks look like, from the installation before. */
export interface Remembered {
  /** SHA-256 of what was written to a path, hex. */
  written(path: string): string | undefined
}

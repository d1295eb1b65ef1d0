/** A PBX as `doctor` looks at it: without a link that is kept, and whether a daemon drives it or not. */
export { type Diagnosis, type DiagnosisOrder, diagnose } from '../asterisk/diagnosis/diagnose.ts'
export type { EndpointSettings, ThoroughDiagnosis } from '../asterisk/diagnosis/thorough.ts'
export type { LinkFault } from '../asterisk/diagnosis/types.ts'
export { isSameOwner, type Owner, ownerOn } from '../asterisk/link/owner.ts'

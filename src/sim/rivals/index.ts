import { issabel } from './issabel.ts'
import { kappa } from './kappa.ts'
import { kappaTuned } from './kappaTuned.ts'
import type { Policy, PolicyName } from './policies.ts'
import { predictive } from './predictive.ts'
import { progressive } from './progressive.ts'
import { ratio } from './ratio.ts'
import { vicidialAverage } from './vicidialAverage.ts'
import { vicidialHard } from './vicidialHard.ts'
import { vicidialRatio } from './vicidialRatio.ts'
import { vicidialTapered } from './vicidialTapered.ts'

const policies: Readonly<Record<PolicyName, Policy>> = {
  progressive,
  ratio,
  kappa,
  'kappa-tuned': kappaTuned,
  'vicidial-ratio': vicidialRatio,
  'vicidial-hard': vicidialHard,
  'vicidial-average': vicidialAverage,
  'vicidial-tapered': vicidialTapered,
  issabel,
  predictive,
}

/** The rule of that name, ours among them. */
export function policyOf(name: PolicyName): Policy {
  return policies[name]
}

import type { PolicyName } from '../rivals/policies.ts'

/** Rules that work alike share a colour; within it the variant chooses dashes and marker. */
export type Family = 'ours' | 'progressive' | 'ratio' | 'kappa' | 'vicidial' | 'issabel' | 'optimum'

/** How the page names and draws a rule. */
export interface RuleLook {
  readonly label: string
  readonly family: Family
  readonly variant: number
  /** How it dials, in one sentence. */
  readonly about: string
}

const looks: Readonly<Record<PolicyName | 'optimum', RuleLook>> = {
  predictive: {
    label: 'Dialwright predictive',
    family: 'ours',
    variant: 0,
    about: 'One more call while the risk that its person would find no agent is within what the budget permits.',
  },
  progressive: {
    label: 'Progressive',
    family: 'progressive',
    variant: 0,
    about: 'One call per available agent, so that nobody can be abandoned for want of one.',
  },
  ratio: {
    label: 'Fixed ratio',
    family: 'ratio',
    variant: 0,
    about: 'A fixed number of lines per available agent, minus those in use.',
  },
  kappa: {
    label: 'Fixed kappa',
    family: 'kappa',
    variant: 0,
    about: 'Kappa lines per free agent, minus those that ring already.',
  },
  'kappa-tuned': {
    label: 'Self-tuning kappa',
    family: 'kappa',
    variant: 1,
    about: 'The same, with kappa learned from the answers and steered by the abandonment that it sees.',
  },
  'vicidial-ratio': {
    label: 'VICIdial ratio',
    family: 'vicidial',
    variant: 0,
    about: 'A fixed dial level times the agents who are available or talking.',
  },
  'vicidial-hard': {
    label: 'VICIdial hard limit',
    family: 'vicidial',
    variant: 1,
    about: 'A level that follows the waiting agents, and falls to one while abandonment is over the limit.',
  },
  'vicidial-average': {
    label: 'VICIdial average',
    family: 'vicidial',
    variant: 2,
    about: 'A level that follows the waiting agents, halved while abandonment is over the limit.',
  },
  'vicidial-tapered': {
    label: 'VICIdial tapered',
    family: 'vicidial',
    variant: 3,
    about: 'A level that follows the waiting agents, cut more strictly as the day goes on.',
  },
  issabel: {
    label: 'Issabel',
    family: 'issabel',
    variant: 0,
    about: 'Calls for agents who are free or will probably be when the phone is answered, divided by the answer rate.',
  },
  optimum: {
    label: 'Optimum',
    family: 'optimum',
    variant: 0,
    about: 'The most that any rule can reach at that abandonment, computed exactly.',
  },
}

/** How a rule, or the optimum, is named and drawn. */
export function lookOf(rule: PolicyName | 'optimum'): RuleLook {
  return looks[rule]
}

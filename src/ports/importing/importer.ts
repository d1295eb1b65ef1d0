import type { DoNotCallImportReport, DoNotCallImportRequest } from '../doNotCall.ts'
import type { ImportReport } from './importReports.ts'
import type {
  LeadImportReport,
  LeadImportRequest,
  MoveInReport,
  MoveInRequest,
  PermissionImportRequest,
  TypedLead,
} from './imports.ts'

/** Bulk imports, carried out in worker threads while dialing goes on. A rejection is an {@link InputError}. */
export interface Importer {
  importLeads(request: LeadImportRequest): Promise<LeadImportReport>
  /** One lead, at once; a number that the campaign has stays as it is. */
  addLead(lead: TypedLead): Promise<void>
  importDoNotCall(request: DoNotCallImportRequest): Promise<DoNotCallImportReport>
  importPermissions(request: PermissionImportRequest): Promise<ImportReport>
  /** Leads, call-backs, calls and refusals of another dialer; what is there already is not added again. */
  moveIn(request: MoveInRequest): Promise<MoveInReport>
}

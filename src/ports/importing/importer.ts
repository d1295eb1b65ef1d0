import type { DoNotCallImportReport, DoNotCallImportRequest } from '../doNotCall.ts'
import type { ImportReport } from './importReports.ts'
import type {
  LeadImportReport,
  LeadImportRequest,
  LeadPreview,
  LeadPreviewRequest,
  MoveInReport,
  MoveInRequest,
  PermissionImportRequest,
  TypedLead,
} from './imports.ts'

/** Bulk imports, carried out in worker threads while dialing goes on. A rejection is an {@link InputError}. */
export interface Importer {
  importLeads(request: LeadImportRequest): Promise<LeadImportReport>
  /** How a file would be understood, from its first bytes; nothing is kept of it. */
  previewLeads(request: LeadPreviewRequest): Promise<LeadPreview>
  /** One lead, at once; a number that the campaign has stays as it is. */
  addLead(lead: TypedLead): Promise<void>
  importDoNotCall(request: DoNotCallImportRequest): Promise<DoNotCallImportReport>
  importPermissions(request: PermissionImportRequest): Promise<ImportReport>
  /** Leads, call-backs, calls and refusals of another dialer; what is there already is not added again. */
  moveIn(request: MoveInRequest): Promise<MoveInReport>
}

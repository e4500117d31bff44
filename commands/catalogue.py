"""Every command, who may send it and what takes it, on one screen."""

from typing import Final

from commands.ai import record_ai_call, reset_budget, set_budget, tell_budget_threshold
from commands.comment import (
    delete_comment,
    edit_comment,
    make_comment,
    reopen_comment,
    reply_to_comment,
    resolve_comment,
)
from commands.conversation import (
    ask_assistant,
    close_conversation,
    record_answer,
    record_checkpoints,
    start_conversation,
    stop_turn,
    undo_turn,
)
from commands.directory import (
    accept_invitation,
    add_member,
    change_plan,
    change_role,
    end_session,
    end_sessions,
    invite_member,
    issue_api_key,
    issue_sign_in_link,
    open_session,
    open_tenant,
    record_key_rotation,
    redeem_sign_in_link,
    remove_member,
    resend_invitation,
    resume_tenant,
    revoke_api_key,
    revoke_invitation,
    set_password,
    suspend_tenant,
)
from commands.document import (
    archive_document,
    create_document,
    edit_document,
    import_content,
    record_edits,
    rename_document,
    restore_document,
    share_document,
)
from commands.evidence import (
    erase_document,
    erase_subject,
    finish_audit_report,
    finish_erasure,
    record_access,
    request_audit_report,
)
from commands.execute import Handled
from commands.generation import (
    cancel_generation,
    complete_generation,
    fail_generation,
    rate_generation,
    request_generation,
)
from commands.history import name_version, restore_content, revert_contribution, undo_edits
from commands.history.working_out import in_turn
from commands.knowledge import change_term, define_term, retire_term
from commands.settings import change_setting, reset_setting, roll_back_setting
from commands.suggestion import decide_suggestion, make_suggestion, withdraw_suggestion
from tenancy.document_rights import Access
from tenancy.roles import Permission

COMMANDS: Final[dict[type, Handled]] = {
    open_tenant.OpenTenant: Handled(Permission.TENANT_OPEN, open_tenant.handle),
    add_member.AddMember: Handled(Permission.MEMBER_WRITE, add_member.handle),
    issue_api_key.IssueApiKey: Handled(Permission.KEY_WRITE, issue_api_key.handle),
    revoke_api_key.RevokeApiKey: Handled(Permission.KEY_WRITE, revoke_api_key.handle),
    issue_sign_in_link.IssueSignInLink: Handled(Permission.MEMBER_WRITE, issue_sign_in_link.handle),
    redeem_sign_in_link.RedeemSignInLink: Handled(Permission.SIGN_IN, redeem_sign_in_link.handle),
    request_audit_report.RequestAuditReport: Handled(Permission.AUDIT_EXPORT, request_audit_report.handle),
    finish_audit_report.FinishAuditReport: Handled(Permission.WORK_RECORD, finish_audit_report.handle),
    erase_document.EraseDocument: Handled(Permission.ERASURE_WRITE, erase_document.handle, Access.READ),
    erase_subject.EraseSubject: Handled(Permission.ERASURE_WRITE, erase_subject.handle),
    finish_erasure.FinishErasure: Handled(Permission.WORK_RECORD, finish_erasure.handle),
    record_access.RecordAccess: Handled(Permission.WORK_RECORD, record_access.handle),
    end_session.EndSession: Handled(Permission.SIGN_IN, end_session.handle),
    change_plan.ChangePlan: Handled(Permission.TENANT_OPEN, change_plan.handle),
    suspend_tenant.SuspendTenant: Handled(Permission.TENANT_OPEN, suspend_tenant.handle),
    resume_tenant.ResumeTenant: Handled(Permission.TENANT_OPEN, resume_tenant.handle),
    record_key_rotation.RecordKeyRotation: Handled(Permission.TENANT_OPEN, record_key_rotation.handle),
    invite_member.InviteMember: Handled(Permission.MEMBER_WRITE, invite_member.handle),
    resend_invitation.ResendInvitation: Handled(Permission.MEMBER_WRITE, resend_invitation.handle),
    revoke_invitation.RevokeInvitation: Handled(Permission.MEMBER_WRITE, revoke_invitation.handle),
    accept_invitation.AcceptInvitation: Handled(Permission.SIGN_IN, accept_invitation.handle),
    change_role.ChangeRole: Handled(Permission.MEMBER_WRITE, change_role.handle),
    remove_member.RemoveMember: Handled(Permission.MEMBER_WRITE, remove_member.handle),
    open_session.OpenSession: Handled(Permission.SIGN_IN, open_session.handle),
    end_sessions.EndSessions: Handled(Permission.SIGN_IN, end_sessions.handle),
    set_password.SetPassword: Handled(Permission.SIGN_IN, set_password.handle),
    create_document.CreateDocument: Handled(Permission.DOCUMENT_WRITE, create_document.handle),
    rename_document.RenameDocument: Handled(Permission.DOCUMENT_WRITE, rename_document.handle),
    archive_document.ArchiveDocument: Handled(Permission.DOCUMENT_ARCHIVE, archive_document.handle),
    restore_document.RestoreDocument: Handled(Permission.DOCUMENT_ARCHIVE, restore_document.handle),
    edit_document.EditDocument: Handled(Permission.DOCUMENT_WRITE, edit_document.handle),
    import_content.ImportContent: Handled(Permission.DOCUMENT_WRITE, import_content.handle),
    restore_content.RestoreContent: Handled(Permission.DOCUMENT_WRITE, in_turn(restore_content.handle)),
    undo_edits.UndoEdits: Handled(Permission.DOCUMENT_WRITE, in_turn(undo_edits.undo)),
    undo_edits.RedoEdits: Handled(Permission.DOCUMENT_WRITE, in_turn(undo_edits.redo)),
    revert_contribution.RevertContribution: Handled(Permission.DOCUMENT_WRITE, in_turn(revert_contribution.handle)),
    name_version.NameVersion: Handled(Permission.DOCUMENT_WRITE, name_version.name),
    name_version.RenameVersion: Handled(Permission.DOCUMENT_WRITE, name_version.rename),
    name_version.RemoveVersion: Handled(Permission.DOCUMENT_WRITE, name_version.remove),
    record_edits.RecordEdits: Handled(Permission.DOCUMENT_WRITE, record_edits.handle),
    share_document.ShareDocument: Handled(Permission.DOCUMENT_SHARE, share_document.handle, Access.READ),
    record_ai_call.RecordAiCall: Handled(Permission.WORK_RECORD, record_ai_call.handle),
    set_budget.SetBudget: Handled(Permission.BUDGET_WRITE, set_budget.handle),
    reset_budget.ResetBudget: Handled(Permission.BUDGET_WRITE, reset_budget.handle),
    tell_budget_threshold.TellBudgetThreshold: Handled(Permission.WORK_RECORD, tell_budget_threshold.handle),
    request_generation.RequestGeneration: Handled(Permission.AI_USE, request_generation.handle, Access.SUGGEST),
    complete_generation.CompleteGeneration: Handled(Permission.WORK_RECORD, complete_generation.handle),
    fail_generation.FailGeneration: Handled(Permission.WORK_RECORD, fail_generation.handle),
    cancel_generation.CancelGeneration: Handled(Permission.AI_USE, cancel_generation.handle, Access.SUGGEST),
    rate_generation.RateGeneration: Handled(Permission.AI_USE, rate_generation.handle, Access.READ),
    make_suggestion.MakeSuggestion: Handled(Permission.DOCUMENT_SUGGEST, make_suggestion.handle, Access.SUGGEST),
    decide_suggestion.DecideSuggestion: Handled(Permission.DOCUMENT_WRITE, decide_suggestion.handle),
    withdraw_suggestion.WithdrawSuggestion: Handled(
        Permission.DOCUMENT_SUGGEST, withdraw_suggestion.handle, Access.SUGGEST
    ),
    make_comment.MakeComment: Handled(Permission.DOCUMENT_COMMENT, make_comment.handle, Access.READ),
    reply_to_comment.ReplyToComment: Handled(Permission.DOCUMENT_COMMENT, reply_to_comment.handle, Access.READ),
    edit_comment.EditComment: Handled(Permission.DOCUMENT_COMMENT, edit_comment.handle, Access.READ),
    delete_comment.DeleteComment: Handled(Permission.DOCUMENT_COMMENT, delete_comment.handle, Access.READ),
    resolve_comment.ResolveComment: Handled(Permission.DOCUMENT_COMMENT, resolve_comment.handle, Access.READ),
    reopen_comment.ReopenComment: Handled(Permission.DOCUMENT_COMMENT, reopen_comment.handle, Access.READ),
    start_conversation.StartConversation: Handled(Permission.AI_USE, start_conversation.handle, Access.READ),
    ask_assistant.AskAssistant: Handled(Permission.AI_USE, ask_assistant.handle),
    stop_turn.StopTurn: Handled(Permission.AI_USE, stop_turn.handle),
    undo_turn.UndoTurn: Handled(Permission.AI_USE, undo_turn.handle),
    close_conversation.CloseConversation: Handled(Permission.AI_USE, close_conversation.handle),
    record_answer.RecordAnswer: Handled(Permission.WORK_RECORD, record_answer.handle),
    record_checkpoints.RecordCheckpoints: Handled(Permission.WORK_RECORD, record_checkpoints.handle),
    change_setting.ChangeSetting: Handled(Permission.SETTINGS_WRITE, change_setting.handle),
    reset_setting.ResetSetting: Handled(Permission.SETTINGS_WRITE, reset_setting.handle),
    roll_back_setting.RollBackSetting: Handled(Permission.SETTINGS_WRITE, roll_back_setting.handle),
    define_term.DefineTerm: Handled(Permission.GLOSSARY_WRITE, define_term.handle),
    change_term.ChangeTerm: Handled(Permission.GLOSSARY_WRITE, change_term.handle),
    retire_term.RetireTerm: Handled(Permission.GLOSSARY_WRITE, retire_term.handle),
}

"""The published language: every event that was ever stored, by its name."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from domain.ai import evaluations, unanswered
from domain.ai import events as ai
from domain.ai_review import events as ai_review
from domain.budget import events as budget
from domain.comment import events as comment
from domain.conversation import checkpoints
from domain.conversation import events as conversation
from domain.directory import events as directory
from domain.document import events as document
from domain.document import sharing
from domain.evidence import events as evidence
from domain.generation import events as generation
from domain.glossary import events as glossary
from domain.history import events as history
from domain.sealed import Sealed
from domain.settings import events as settings
from domain.suggestion import events as suggestion
from domain.template import events as template

EVENTS: Final[Mapping[str, type[Sealed]]] = {
    "tenant.opened.v1": directory.TenantOpened,
    "member.added.v1": directory.MemberAdded,
    "api_key.issued.v1": directory.ApiKeyIssued,
    "api_key.revoked.v1": directory.ApiKeyRevoked,
    "sign_in_link.issued.v1": directory.SignInLinkIssued,
    "session.started.v1": directory.SessionStarted,
    "session.ended.v1": directory.SessionEnded,
    "tenant.plan_changed.v1": directory.TenantPlanChanged,
    "tenant.suspended.v1": directory.TenantSuspended,
    "tenant.resumed.v1": directory.TenantResumed,
    "tenant_key.rotated.v1": directory.TenantKeyRotated,
    "member.invited.v1": directory.MemberInvited,
    "invitation.resent.v1": directory.InvitationResent,
    "invitation.revoked.v1": directory.InvitationRevoked,
    "invitation.accepted.v1": directory.InvitationAccepted,
    "member.role_changed.v1": directory.MemberRoleChanged,
    "member.removed.v1": directory.MemberRemoved,
    "session.opened.v1": directory.SessionOpened,
    "sessions.ended.v1": directory.SessionsEnded,
    "password.set.v1": directory.PasswordSet,
    "document.created.v1": document.DocumentCreated,
    "document.renamed.v1": document.DocumentRenamed,
    "document.archived.v1": document.DocumentArchived,
    "document.restored.v1": document.DocumentRestored,
    "edits.recorded.v1": document.EditsRecorded,
    "edits.reversed.v1": history.EditsReversed,
    "version.named.v1": history.VersionNamed,
    "version.renamed.v1": history.VersionRenamed,
    "version.removed.v1": history.VersionRemoved,
    "ai_call.settled.v2": ai.AiCallSettled,
    "ai_call.rated.v1": ai.AiCallRated,
    "ai_call.refused.v1": unanswered.AiCallRefused,
    "ai_call.failed.v1": unanswered.AiCallFailed,
    "ai_model.evaluated.v1": evaluations.AiModelEvaluated,
    "ai_review.opened.v1": ai_review.AiReviewOpened,
    "ai_review.answer_quoted.v1": ai_review.AiReviewAnswerQuoted,
    "ai_review.decided.v1": ai_review.AiReviewDecided,
    "ai_review.exception_ended.v1": ai_review.AiReviewExceptionEnded,
    "ai_review.expired.v1": ai_review.AiReviewExpired,
    "budget.threshold_reached.v1": budget.BudgetThresholdReached,
    "budget.reset.v1": budget.BudgetReset,
    "generation.requested.v1": generation.GenerationRequested,
    "generation.completed.v1": generation.GenerationCompleted,
    "generation.failed.v1": generation.GenerationFailed,
    "generation.cancelled.v1": generation.GenerationCancelled,
    "generation.rated.v1": generation.GenerationRated,
    "suggestion.made.v1": suggestion.SuggestionMade,
    "suggestion.decided.v1": suggestion.SuggestionDecided,
    "suggestion.withdrawn.v1": suggestion.SuggestionWithdrawn,
    "comment.made.v1": comment.CommentMade,
    "comment.edited.v1": comment.CommentEdited,
    "comment.deleted.v1": comment.CommentDeleted,
    "comment.resolved.v1": comment.CommentResolved,
    "comment.reopened.v1": comment.CommentReopened,
    "document.shared.v1": sharing.DocumentShared,
    "access.recorded.v1": evidence.AccessRecorded,
    "access.refused.v1": evidence.AccessRefused,
    "audit_report.requested.v1": evidence.AuditReportRequested,
    "audit_report.completed.v1": evidence.AuditReportCompleted,
    "audit_report.failed.v1": evidence.AuditReportFailed,
    "erasure.requested.v1": evidence.ErasureRequested,
    "document.erased.v1": evidence.DocumentErased,
    "subject.erased.v1": evidence.SubjectErased,
    "setting.changed.v1": settings.SettingChanged,
    "setting.reset.v1": settings.SettingReset,
    "term.defined.v1": glossary.TermDefined,
    "term.changed.v1": glossary.TermChanged,
    "term.retired.v1": glossary.TermRetired,
    "template.drafted.v1": template.TemplateDrafted,
    "template.approved.v1": template.TemplateApproved,
    "template.released.v1": template.TemplateReleased,
    "template.retired.v1": template.TemplateRetired,
    "conversation.started.v1": conversation.ConversationStarted,
    "message.asked.v1": conversation.MessageAsked,
    "message.answered.v1": conversation.MessageAnswered,
    "turn.stopped.v1": conversation.TurnStopped,
    "turn.undone.v1": conversation.TurnUndone,
    "conversation.closed.v1": conversation.ConversationClosed,
    "checkpoint.saved.v1": checkpoints.CheckpointSaved,
    "checkpoint_writes.saved.v1": checkpoints.CheckpointWritesSaved,
    "checkpoints.pruned.v1": checkpoints.CheckpointsPruned,
}

NAMES: Final[Mapping[type[Sealed], str]] = {event_type: name for name, event_type in EVENTS.items()}

Upcast = tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]

UPCASTS: Final[Mapping[str, Upcast]] = {"ai_call.settled.v1": ("ai_call.settled.v2", ai.settled_v2)}
"""Former name -> (the name that follows it, how its JSON payload becomes the follower's)."""

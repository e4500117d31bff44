"""Every projection, on one screen."""

from typing import Final

from domain.ai.events import AiCallSettled
from projections.ai_evaluations import AiEvaluationsProjector
from projections.ai_ledger import AiLedgerProjector
from projections.ai_ratings import AiRatingsProjector
from projections.ai_reviews import AiReviewsProjector
from projections.ai_unanswered import AiUnansweredProjector
from projections.audit_reports import AuditReportsProjector
from projections.comments import CommentsProjector
from projections.conversations import ConversationsProjector
from projections.directory_projector import DirectoryProjector
from projections.document_access import DocumentAccessProjector
from projections.document_history import DocumentHistoryProjector
from projections.document_library import DocumentLibraryProjector
from projections.erasures import ErasuresProjector
from projections.glossary import GlossaryProjector
from projections.knowledge_marks import KnowledgeMarksProjector
from projections.like_questions import LikeQuestionsProjector
from projections.plan_caps import PlanCapsProjector
from projections.projector import Projector
from projections.provenance import ProvenanceProjector
from projections.settings import SettingsProjector
from projections.suggestions import SuggestionsProjector
from projections.templates import TemplatesProjector

DIRECTORY: Final = DirectoryProjector()
DOCUMENT_ACCESS: Final = DocumentAccessProjector()
PLAN_CAPS: Final = PlanCapsProjector()
SETTINGS: Final = SettingsProjector()
TEMPLATES: Final = TemplatesProjector()
SUGGESTIONS: Final = SuggestionsProjector()
COMMENTS: Final = CommentsProjector()
AI_LEDGER: Final = AiLedgerProjector()
AI_UNANSWERED: Final = AiUnansweredProjector()
AI_EVALUATIONS: Final = AiEvaluationsProjector()
AI_RATINGS: Final = AiRatingsProjector()
AI_REVIEWS: Final = AiReviewsProjector()
AI_LIKE_QUESTIONS: Final = LikeQuestionsProjector()
GLOSSARY: Final = GlossaryProjector()
CONVERSATIONS: Final = ConversationsProjector()
DOCUMENT_LIBRARY: Final = DocumentLibraryProjector()
DOCUMENT_HISTORY: Final = DocumentHistoryProjector()
AUDIT_REPORTS: Final = AuditReportsProjector()
ERASURES: Final = ErasuresProjector()
KNOWLEDGE_MARKS: Final = KnowledgeMarksProjector()
PROVENANCE: Final = ProvenanceProjector()

INLINE: Final[tuple[Projector, ...]] = (
    DIRECTORY,
    PLAN_CAPS,
    SETTINGS,
    TEMPLATES,
    DOCUMENT_ACCESS,
    AI_LEDGER,
    AI_UNANSWERED,
    AI_EVALUATIONS,
    AI_RATINGS,
    AI_REVIEWS,
    AI_LIKE_QUESTIONS,
    GLOSSARY,
    SUGGESTIONS,
    COMMENTS,
    ERASURES,
    CONVERSATIONS,
)
"""Applied in the transaction of the append: uniqueness, access control, money and ratings, what is being erased."""

GATHERED: Final[frozenset[type]] = frozenset({AiCallSettled})
"""Events whose inline rows are written for many appends at once, because none of their projectors ever refuses one."""

CATCHING_UP: Final[tuple[Projector, ...]] = (
    DOCUMENT_LIBRARY,
    DOCUMENT_HISTORY,
    AUDIT_REPORTS,
    KNOWLEDGE_MARKS,
    PROVENANCE,
)
"""Applied after it by the runner, within milliseconds."""

ALL: Final = {projector.name: projector for projector in (*INLINE, *CATCHING_UP)}

REBUILDABLE: Final = {projector.name: projector for projector in CATCHING_UP}
"""Built again while the platform runs. An inline one is not: a revocation meanwhile would meet no row to end."""

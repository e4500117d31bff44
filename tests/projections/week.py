"""A week in a tenant's life that leaves rows in every read model."""

from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from app.wiring.gateway import recording
from commands.ai.rate_ai_call import RateAiCall
from commands.ai.record_evaluation import RecordEvaluation
from commands.ai_review.decide_review import DecideReview
from commands.ai_review.open_review import OpenReview
from commands.comment.make_comment import MakeComment
from commands.comment.places import Place
from commands.comment.resolve_comment import ResolveComment
from commands.directory.change_role import ChangeRole
from commands.directory.invite_member import InviteMember
from commands.directory.remove_member import RemoveMember
from commands.document.archive_document import ArchiveDocument
from commands.document.create_document import CreateDocument
from commands.document.edit_document import EditDocument
from commands.document.rename_document import RenameDocument
from commands.document.share_document import ShareDocument
from commands.event_log import CommandContext, StreamWrite
from commands.knowledge.define_term import DefineTerm
from commands.settings.change_setting import ChangeSetting
from commands.suggestion.decide_suggestion import DecideSuggestion
from commands.suggestion.make_suggestion import MakeSuggestion
from commands.template.approve_template import ApproveTemplate
from commands.template.draft_template import DraftTemplate
from commands.template.release_template import ReleaseTemplate
from commands.template.retire_template import RetireTemplate
from domain.ai.likeness import LikeQuestion, Outcome
from domain.ai_review.events import AiReviewOpened, ReviewDecision, ReviewKind
from domain.directory.roles import Role
from domain.document.operations import AppendMarkdown
from domain.document.sharing import Access, Sharing
from domain.evidence.events import (
    AuditReportFailed,
    AuditReportRequested,
    ErasureRequested,
    ErasureScope,
    SubjectErased,
)
from domain.generation.events import GenerationCancelled, GenerationKind, GenerationMode, GenerationRequested
from domain.ids import (
    CallId,
    CommentId,
    DocumentId,
    EvaluationId,
    GenerationId,
    InvitationId,
    MemberId,
    PhraseId,
    ReportId,
    ReviewId,
    StreamId,
    SuggestionId,
    TermId,
)
from domain.settings.values import Scope
from domain.template.built_in import BUILT_IN
from domain.template.content import Arm
from infra import clock
from tests.assistant.talking import talked
from tests.support.world import Tenant
from tests.usage.calls import record, unanswered


async def a_busy_week(colophon: Colophon, tenant: Tenant) -> int:
    """Several documents, several people; the position of the last event."""
    execute = colophon.platform.executor.execute
    documents = [DocumentId(uuid7()) for _ in range(5)]
    for number, document_id in enumerate(documents):
        command = CreateDocument(document_id=document_id, title=f"Document {number}", markdown="Text")
        await execute(command, tenant.ana.command())
    for person in (tenant.ana, tenant.olga, tenant.ana):
        edit = EditDocument(document_id=documents[0], operations=(AppendMarkdown(markdown=person.name),))
        await execute(edit, person.command())
    await execute(RenameDocument(document_id=documents[1], title="Renamed"), tenant.olga.command())
    term = DefineTerm(term_id=TermId(uuid7()), term="Wombat", definition="A marsupial.")
    await execute(term, tenant.ana.command())
    await prompted(colophon, tenant)
    await talked(colophon, tenant)
    await proposed(colophon, tenant, documents[0])
    await discussed(colophon, tenant, documents[0])
    await administered(colophon, tenant, documents[3])
    receipt = await execute(ArchiveDocument(document_id=documents[2]), tenant.olga.command())
    return receipt.position


async def prompted(colophon: Colophon, tenant: Tenant) -> None:
    """A prompt template in four versions: two beside each other, then the second alone; the third is given up."""
    execute = colophon.platform.executor.execute
    for number in (1, 2, 3, 4):
        await execute(DraftTemplate(name="draft", content=BUILT_IN["draft"]), tenant.adam.command())
        if number < 3:
            await execute(ApproveTemplate(name="draft", version=number), tenant.olga.command())
    both = (Arm(version=1, weight=90), Arm(version=2, weight=10))
    for arms in (both, (Arm(version=2),)):
        await execute(ReleaseTemplate(name="draft", arms=arms), tenant.olga.command())
    await execute(RetireTemplate(name="draft", version=3), tenant.olga.command())


async def proposed(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> None:
    """A suggestion that was decided, and a generation that was asked for and stopped at once."""
    execute = colophon.platform.executor.execute
    suggestion_id, generation_id = SuggestionId(uuid7()), GenerationId(uuid7())
    make = MakeSuggestion(
        suggestion_id=suggestion_id, document_id=document_id, block_from=0, block_to=1, replacement="Other text"
    )
    await execute(make, tenant.ana.command())
    decide = DecideSuggestion(suggestion_id=suggestion_id, document_id=document_id, hunks=((0, False),))
    await execute(decide, tenant.olga.command())
    wish = GenerationRequested(
        generation_id=generation_id,
        document_id=document_id,
        kind=GenerationKind.SUMMARISE,
        mode=GenerationMode.SUGGEST,
        instruction="",
        block_from=None,
        block_to=None,
        position=0,
        requested_by=tenant.ana.member_id,
    )
    stopped = GenerationCancelled(generation_id=generation_id, document_id=document_id)
    await colophon.platform.log.append([StreamWrite(StreamId(generation_id), 0, [wish, stopped])], tenant.ana.command())


async def discussed(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> None:
    """Two threads, one of them settled; somebody is named."""
    execute = colophon.platform.executor.execute
    for who in (tenant.ana, tenant.vera):
        comment_id = CommentId(uuid7())
        body = f"What does <@{tenant.olga.member_id}> say?"
        about = Place(0, 0, 0, 4)
        say = MakeComment(comment_id=comment_id, document_id=document_id, body=body, about=about)
        await execute(say, who.command())
    await execute(ResolveComment(document_id=document_id, thread_id=comment_id), tenant.olga.command())


async def administered(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> None:
    """What a week's administration leaves in the inline read models."""
    execute = colophon.platform.executor.execute
    listed = ((tenant.vera.member_id, Access.READ),)
    await execute(
        ShareDocument(document_id=document_id, sharing=Sharing.RESTRICTED, people=listed), tenant.olga.command()
    )
    for value in (3, 4):
        await execute(ChangeSetting(key="ai.passages_max", scope=Scope.TENANT, value=value), tenant.adam.command())
    like = LikeQuestion(name="chat", outcome=Outcome.AGREED, similarity_permille=950, propensity_permille=100)
    await record(colophon, tenant.ana, document_id=document_id, verdicts=(like.verdict(),))
    call = await record(colophon, tenant.ana)
    await unanswered(colophon, tenant.ana)
    run = RecordEvaluation(
        evaluation_id=EvaluationId(uuid7()), purpose="chat", model="a/b", examples=5, right=4, test_set="questions"
    )
    await execute(run, tenant.adam.command())
    await execute(RateAiCall(call_id=call.call_id, rating=5), tenant.ana.command())
    await judged(colophon, tenant, call.call_id)
    invitation = InviteMember(
        invitation_id=InvitationId(uuid7()),
        member_id=MemberId(uuid7()),
        email="nina@acme.example",
        name="Nina",
        role=Role.EDITOR,
        secret_hash=uuid7().bytes,
    )
    await execute(invitation, tenant.adam.command())
    await evidenced(colophon, tenant)
    await execute(ChangeRole(member_id=tenant.ana.member_id, role=Role.ADMIN), tenant.olga.command())
    await execute(RemoveMember(member_id=tenant.ana.member_id), tenant.olga.command())


async def judged(colophon: Colophon, tenant: Tenant, call_id: CallId) -> None:
    """Two findings of the checks, one of which was a false alarm."""
    for decided in (False, True):
        opened = AiReviewOpened(
            review_id=ReviewId(uuid7()),
            call_id=call_id,
            member_id=tenant.ana.member_id,
            document_id=None,
            kind=ReviewKind.MODERATION_PROMPT,
            phrases=(("insult", PhraseId(uuid7())),),
            found_by="rules",
            withheld=False,
            excerpt="You wombat",
            source_documents=(),
            open_max=10,
        )
        context = CommandContext(tenant=recording(tenant.ana.context), command_id=uuid7(), now=clock.now())
        await colophon.platform.executor.execute(OpenReview(opened=opened), context)
        if decided:
            decision = DecideReview(review_id=opened.review_id, decision=ReviewDecision.FALSE_ALARM)
            await colophon.platform.executor.execute(decision, tenant.adam.command())


async def evidenced(colophon: Colophon, tenant: Tenant) -> None:
    """A report and an erasure, asked for and finished at once: the workers of this process find nothing to do."""
    report_id, subject_id = ReportId(uuid7()), uuid7()
    asked = AuditReportRequested(
        report_id=report_id, member_id=None, start=None, end=None, actor="", action="", subject_id=None, text=""
    )
    ordered = ErasureRequested(scope=ErasureScope.SUBJECT, target_id=subject_id, reason="Request")
    erased = SubjectErased(subject_id=subject_id, key_ids=(uuid7(),), payloads_deleted=1, reason="Request")
    writes = [
        StreamWrite(StreamId(report_id), 0, [asked, AuditReportFailed(report_id=report_id, reason="Test")]),
        StreamWrite(StreamId(subject_id), 0, [ordered, erased]),
    ]
    await colophon.platform.log.append(writes, tenant.operator)

"""Measure what Colophon finds and what routing by confidence would have done; keep how often models were right."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.output import Json, run, show
from app.cli.target import DataDir, operator
from knowledge.retrieval import Mode
from tenancy.context import tenant_scope

evaluation = typer.Typer(help="Measure quality on texts and questions of your own.", no_args_is_help=True)


@evaluation.command(epilog="Example: colophon eval retrieval --corpus corpus.json --questions questions.json --json")
def retrieval(
    corpus: Annotated[Path, typer.Option("--corpus", help="JSON: {title: [sentence]} or [{title, text}].")],
    questions: Annotated[
        Path, typer.Option("--questions", help="JSON: questions with supporting_facts or paragraphs.")
    ],
    no_titles: Annotated[
        bool, typer.Option("--no-titles", help="Number the documents instead of naming them.")
    ] = False,
    mode: Annotated[Mode, typer.Option("--mode", help="How to look.")] = Mode.HYBRID,
    as_json: Json = False,
) -> None:
    """Write the corpus into a Colophon of its own, ask the questions, say how much of the gold was found."""

    async def work() -> dict[str, object]:
        from app.evaluation import evaluate, read_corpus, read_questions

        texts = read_corpus(corpus)
        figures = await evaluate(texts, read_questions(questions, texts), titles=not no_titles, mode=mode)
        return {**asdict(figures), "titles": not no_titles, "mode": str(mode)}

    measured = run(work())
    show(measured, as_json=as_json, lines=[f"{name}: {value}" for name, value in measured.items()])


@evaluation.command(epilog="Example: colophon eval confidence --tenant acme --threshold 0.8")
def confidence(
    tenant: Annotated[str, typer.Option("--tenant", help="The tenant's slug.")],
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0, max=1, help="From 0 to 1; default: the tenant's.")
    ] = None,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Tell what a threshold would have made of a tenant's own rated calls: quality, saving, share asked again."""

    async def work() -> dict[str, Any]:
        from api.confidence import confidence_replay

        async with operator(data) as house:
            context = await house.context_for(tenant)
            with tenant_scope(context):
                card = await confidence_replay(house.colophon.platform, context, threshold)
        return {
            "threshold_permille": card.threshold_permille,
            "tasks": [{**asdict(task), **asdict(one)} for task, one in card.tasks],
        }

    found = run(work())
    lines = [_in_words(one) for one in found["tasks"]] or ["No answer that was judged is rated."]
    show(found, as_json=as_json, lines=[f"Threshold {found['threshold_permille'] / 1000:.2f}", *lines])


def _in_words(task: dict[str, Any]) -> str:
    of = f"{task['purpose']} {task['template']} {task['template_version']}, {task['model']}"
    estimate = task["estimate"]
    if estimate is None:
        return f"{of}: {task['reason']}"
    told = ", ".join(
        f"{name} {100 * figure['value']:.1f} % ({100 * figure['low']:.1f} to {100 * figure['high']:.1f})"
        for name in ("quality", "saving", "escalated")
        for figure in [estimate[name]]
    )
    ends = (
        f"{100 * estimate['quality_small']:.1f} % never, {100 * estimate['quality_larger']:.1f} % always asking again"
    )
    return f"{of}: {told}; {ends}; {task['labelled']} rated, {100 * estimate['tried']:.0f} % tried"


@evaluation.command(
    epilog="Example: colophon eval record --tenant acme --member adam@acme.example --purpose chat "
    "--model openai/gpt-5-mini --test-set support-questions --examples 200 --right 183"
)
def record(
    tenant: Annotated[str, typer.Option("--tenant", help="The tenant's slug.")],
    member: Annotated[str, typer.Option("--member", help="Whose run it is: an administrator's address.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What the answers were for, as chat.")],
    model: Annotated[str, typer.Option("--model", help="As provider/model.")],
    test_set: Annotated[str, typer.Option("--test-set", help="By whatever name you know it.")],
    examples: Annotated[int, typer.Option("--examples", help="How many.")],
    right: Annotated[int, typer.Option("--right", help="How many answers were right.")],
    template: Annotated[str, typer.Option("--template", help="By name; default: the one of the purpose.")] = "",
    template_version: Annotated[int, typer.Option("--template-version", help="0 comes with the platform.")] = 0,
    data: DataDir = None,
    as_json: Json = False,
) -> None:
    """Keep how often a model was right on a test set; the newest run makes the accuracy of the key figures."""

    async def work() -> dict[str, object]:
        from commands.ai.record_evaluation import RecordEvaluation
        from domain.ids import EvaluationId

        async with operator(data) as house:
            found = await house.tenant(tenant)
            command = RecordEvaluation(
                evaluation_id=EvaluationId(house.new_id()),
                purpose=purpose,
                model=model,
                examples=examples,
                right=right,
                test_set=test_set,
                template=template,
                template_version=template_version,
            )
            receipt = await house.execute(command, await house.acting_as(found.tenant_id, member))
        return {"evaluation_id": str(receipt.stream_id), "accuracy": right / examples}

    kept = run(work())
    show(kept, as_json=as_json, lines=[f"{name}: {value}" for name, value in kept.items()])

"""Measure what Colophon finds."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, run, show
from knowledge.retrieval import Mode

evaluation = typer.Typer(help="Measure quality on texts and questions of your own.", no_args_is_help=True)


@evaluation.callback()
def _group() -> None:
    """Keep `retrieval` a command of its own, also while it is the only one."""


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

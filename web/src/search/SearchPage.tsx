import { Button, SegmentedControl, TextInput, VisuallyHidden } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import type { Citation, Page } from "../server/resources";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { EmptyState } from "../shell/EmptyState";
import { Icon } from "../shell/Icon";
import { Loaded } from "../shell/Loaded";
import { PageHead } from "../shell/PageHead";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { EntityChips } from "../entities/EntityChips";
import { PassageCard } from "./PassageCard";
import classes from "./search.module.css";

const MODES = [
  { value: "hybrid", label: "Everything" },
  { value: "lexical", label: "Words" },
  { value: "semantic", label: "Meaning" },
  { value: "graph", label: "Names" },
] as const;

type Mode = (typeof MODES)[number]["value"];

const QUESTION_LENGTH_MAX = 500;

export function SearchPage() {
  usePageTitle("Search");
  const { q = "", mode = "hybrid" } = useSearch({ from: "/signed-in/search" });
  return (
    <div className={shell.page}>
      <PageHead title="Search">
        Passages of the documents that you may read, each with the place where it stands.
      </PageHead>
      <Question key={q} asked={q} mode={mode} />
      {q === "" ? (
        <EmptyState icon="search" title="Ask a question, or give a few words">
          Words finds them as they are written, Meaning finds what says the same otherwise, Names follows people, places and
          terms from document to document.
        </EmptyState>
      ) : (
        <Findings q={q} mode={mode} />
      )}
    </div>
  );
}

function Question({ asked, mode }: { asked: string; mode: Mode }) {
  const navigate = useNavigate({ from: "/search" });
  const [typed, setTyped] = useState(asked);
  const ask = (q: string, chosen: Mode) =>
    void navigate({ search: { ...(q.trim() === "" ? {} : { q: q.trim() }), ...(chosen === "hybrid" ? {} : { mode: chosen }) } });
  return (
    <search>
      <form
        className={classes.question}
        onSubmit={(event) => {
          event.preventDefault();
          ask(typed, mode);
        }}
      >
        <TextInput
          className={classes.field ?? ""}
          type="search"
          size="md"
          aria-label="Search in documents"
          placeholder="What do you want to know?"
          maxLength={QUESTION_LENGTH_MAX}
          leftSection={<Icon name="search" size={18} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" size="md">
          Search
        </Button>
      </form>
      <SegmentedControl
        className={classes.modes ?? ""}
        aria-label="How to search"
        value={mode}
        onChange={(value) => ask(typed, value as Mode)}
        data={[...MODES]}
      />
    </search>
  );
}

function Findings({ q, mode }: { q: string; mode: Mode }) {
  const path = `/api/v1/search?${new URLSearchParams({ q, mode, limit: "20" })}`;
  const found = useResource(path, (signal) => getJson<Page<Citation>>(path, signal));
  return (
    <Loaded resource={found} what="the findings" height={260}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState icon="search" title="Nothing found">
            No document that you may read says anything about “{q}”.
            {mode !== "hybrid" && " Try Everything, which looks in all ways together."}
          </EmptyState>
        ) : (
          <>
            <VisuallyHidden role="status">{`${items.length} passages found`}</VisuallyHidden>
            <EntityChips text={q} />
            <ol className={classes.findings} aria-label="Passages, best first">
              {items.map((citation) => (
                <li key={`${citation.document_id}:${citation.start}:${citation.end}`}>
                  <PassageCard citation={citation} />
                </li>
              ))}
            </ol>
          </>
        )
      }
    </Loaded>
  );
}

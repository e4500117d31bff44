import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import library from "../library/library.module.css";
import { usePages } from "../server/usePages";
import { usePermission } from "../session/permissions";
import { EmptyState } from "../shell/EmptyState";
import { Icon } from "../shell/Icon";
import { Loaded } from "../shell/Loaded";
import { PageHead } from "../shell/PageHead";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { TermDialog } from "./TermDialog";
import { TermList } from "./TermList";
import type { Term } from "./terms";

const TYPING_PAUSE_MS = 250;

export function GlossaryPage() {
  usePageTitle("Glossary");
  const { text = "" } = useSearch({ from: "/signed-in/glossary" });
  const mayWrite = usePermission("glossary:write");
  const terms = usePages<Term>(`/api/v1/terms?${new URLSearchParams({ limit: "50", ...(text === "" ? {} : { text }) })}`);
  const [open, setOpen] = useState<Term | "new">();
  return (
    <div className={shell.page}>
      <PageHead
        title="Glossary"
        action={
          mayWrite && (
            <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen("new")}>
              Define a term
            </Button>
          )
        }
      >
        What words mean here. Search finds a term under all its names, and the AI is told the definition.
      </PageHead>
      <Filter text={text} />
      <Loaded resource={{ data: terms.items, problem: terms.problem, reload: terms.reload }} what="the glossary">
        {(items) =>
          items.length === 0 ? (
            <NoTerms text={text} mayWrite={mayWrite} />
          ) : (
            <TermList terms={items} mayWrite={mayWrite} change={setOpen} onChanged={terms.reload} />
          )
        }
      </Loaded>
      {terms.more !== undefined && (
        <div className={library.more}>
          <Button variant="default" loading={terms.isLoading} onClick={terms.more}>
            Show more
          </Button>
        </div>
      )}
      {open !== undefined && (
        <TermDialog term={open === "new" ? undefined : open} close={() => setOpen(undefined)} onChanged={terms.reload} />
      )}
    </div>
  );
}

function NoTerms({ text, mayWrite }: { text: string; mayWrite: boolean }) {
  if (text !== "") {
    return (
      <EmptyState icon="search" title="No such term">
        Nothing in the glossary contains “{text}”.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="document" title="No terms yet">
      {mayWrite
        ? "Define the words your documents lean on: a product, an abbreviation, a role."
        : "Editors can define what words mean here."}
    </EmptyState>
  );
}

function Filter({ text }: { text: string }) {
  const navigate = useNavigate({ from: "/glossary" });
  const [typed, setTyped] = useState(text);
  const ask = useDebouncedCallback(
    (asked: string) => void navigate({ search: asked.trim() === "" ? {} : { text: asked.trim() }, replace: true }),
    TYPING_PAUSE_MS,
  );
  return (
    <search className={library.filters}>
      <TextInput
        className={library.search ?? ""}
        type="search"
        aria-label="Filter terms"
        placeholder="Filter terms"
        leftSection={<Icon name="search" size={16} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          ask(event.currentTarget.value);
        }}
      />
    </search>
  );
}

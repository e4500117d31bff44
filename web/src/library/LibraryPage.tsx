import { Button, SegmentedControl, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { mayWriteDocuments } from "../session/roles";
import { useSession } from "../session/SessionContext";
import { Icon } from "../shell/Icon";
import { ProblemNotice } from "../shell/ProblemNotice";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { CreateDocumentDialog } from "./CreateDocumentDialog";
import classes from "./library.module.css";
import { Shelves } from "./Shelves";
import { useLibrary } from "./useLibrary";

const TYPING_PAUSE_MS = 250;

export function LibraryPage() {
  usePageTitle("Library");
  const { member } = useSession();
  const { text = "", archived: isArchived = false } = useSearch({ from: "/signed-in/" });
  const library = useLibrary({ text, isArchived });
  const [isCreating, creating] = useDisclosure(false);
  const mayWrite = mayWriteDocuments(member.role);
  return (
    <div className={shell.page}>
      <div className={classes.head}>
        <Title order={1}>Library</Title>
        {mayWrite && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={creating.open}>
            New document
          </Button>
        )}
      </div>
      <Filters key={String(isArchived)} text={text} isArchived={isArchived} />
      {library.problem !== undefined && <ProblemNotice problem={library.problem} retry={library.reload} />}
      <Shelves library={library} question={{ text, isArchived }} mayWrite={mayWrite} create={creating.open} />
      <CreateDocumentDialog isOpen={isCreating} close={creating.close} />
    </div>
  );
}

function Filters({ text, isArchived }: { text: string; isArchived: boolean }) {
  const navigate = useNavigate({ from: "/" });
  const [typed, setTyped] = useState(text);
  const ask = (asked: string, archived: boolean) =>
    navigate({
      search: { ...(asked.trim() === "" ? {} : { text: asked.trim() }), ...(archived ? { archived } : {}) },
      replace: true,
    });
  const search = useDebouncedCallback((asked: string) => void ask(asked, isArchived), TYPING_PAUSE_MS);
  return (
    <search className={classes.filters}>
      <TextInput
        className={classes.search ?? ""}
        type="search"
        aria-label="Search documents by title"
        placeholder="Search by title"
        leftSection={<Icon name="search" size={16} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      <SegmentedControl
        aria-label="Which documents"
        value={isArchived ? "archived" : "current"}
        onChange={(value) => void ask(typed, value === "archived")}
        data={[
          { value: "current", label: "Current" },
          { value: "archived", label: "Archived" },
        ]}
      />
    </search>
  );
}

import { Text, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";

import { PassageCard } from "../search/PassageCard";
import search from "../search/search.module.css";
import { getJson } from "../server/rest";
import { useResource } from "../server/useResource";
import { EmptyState } from "../shell/EmptyState";
import { Loaded } from "../shell/Loaded";
import { PageHead } from "../shell/PageHead";
import shell from "../shell/shell.module.css";
import { usePageTitle } from "../shell/usePageTitle";
import { type EntityDetails, kindWords } from "./entities";
import { EntityGraph } from "./EntityGraph";
import { Relations } from "./Relations";

export function EntityPage() {
  const { id } = useParams({ from: "/signed-in/entities/$id" });
  const entity = useResource(id, (signal) => getJson<EntityDetails>(`/api/v1/entities/${id}`, signal));
  usePageTitle(entity.data?.name ?? "Entity");
  if (entity.problem?.status === 404 || entity.problem?.status === 422) {
    return (
      <EmptyState order={1} icon="search" title="Nothing of this name any more">
        No document that you may read mentions it. It may have been edited out since.
      </EmptyState>
    );
  }
  return (
    <div className={shell.page}>
      <Loaded resource={entity} what="what is known about it" height={420}>
        {(details) => <Details entity={details} />}
      </Loaded>
    </div>
  );
}

function Details({ entity }: { entity: EntityDetails }) {
  return (
    <>
      <PageHead title={entity.name}>
        {kindWords(entity.kind)}
        {entity.aliases.length > 0 && `, also called ${entity.aliases.join(", ")}`}. Everything here was read in documents
        and disappears with the sentence it came from.
      </PageHead>
      {entity.relations.length > 0 && <EntityGraph entity={entity} />}
      <Title order={2} size="h3" mb="sm">
        Relations
      </Title>
      {entity.relations.length === 0 ? (
        <Text c="dimmed" mb="xl">
          No document says how it is related to anything else.
        </Text>
      ) : (
        <Relations relations={entity.relations} />
      )}
      <Title order={2} size="h3" mb="sm">
        Mentions
      </Title>
      <ol className={search.findings} aria-label="Mentions">
        {entity.mentions.map((citation) => (
          <li key={`${citation.document_id}:${citation.start}`}>
            <PassageCard citation={citation} headingOrder="h3" />
          </li>
        ))}
      </ol>
    </>
  );
}

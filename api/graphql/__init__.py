"""The GraphQL schema: types, queries, mutations and subscriptions over the same commands and questions as REST."""

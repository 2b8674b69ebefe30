"""How an operation is executed; knows GraphQL, and nothing of the campus."""

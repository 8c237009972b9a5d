//! A web framework with Django's batteries, compiled: models, queries, routes and checks the compiler wrote.

//! The client: says exactly what a script says. Pure.

//! The witness: receives what a target sends on.

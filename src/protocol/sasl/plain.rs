//! PLAIN (RFC 4616) and LOGIN, ANONYMOUS (RFC 4505) and EXTERNAL (RFC 4422 appendix A): messages that are mere fields.

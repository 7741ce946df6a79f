//! The clock of a run: the system's for real servers, a virtual one in process.

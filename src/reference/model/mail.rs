//! What the server makes of a message: its date, its id, its trace header, the notice when it comes back.

pub(super) mod bounce;
pub(super) mod date;
pub(super) mod queue_id;
pub(super) mod trace;

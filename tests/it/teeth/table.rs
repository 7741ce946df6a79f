//! What is put in wrong, and the cases that have to show it.

mod cause;
mod patches;
mod settings;
mod systems;

use super::wrong_advice::WrongAdvice;
use super::wrong_parts::{self as parts, Change};

/// What is wrong.
#[derive(Clone, Copy)]
pub(super) enum Wrong {
    /// A part of the model.
    Part(Change),
    /// A rule of the bulletins.
    Advice(WrongAdvice),
    /// Windows 2000 answers where the deployment has nothing that could.
    SomebodyAnswers,
}

use Wrong::Part;

/// A claim, what is wrong, and the cases that have to show it, all of them.
pub(super) type Row = (&'static str, Wrong, &'static [&'static str]);

/// Beginnings of ids are under `bulletin/`. The claims are those of the bulletin's FAQ; which cases show one follows
/// from its sentence.
pub(super) fn mutants() -> Vec<Row> {
    [systems::ROWS, cause::ROWS, settings::ROWS, patches::ROWS].concat()
}

/// Wrong parts under which nothing is seen that could deviate: a server that turns everyone away, mail that was taken
/// and never seen again. These cases have to come out inconclusive.
pub(super) const SILENT: &[Row] = &[
    ("c12", Part(parts::greeting_turns_away), &["windows-2000/relays"]),
    ("c13", Part(parts::greeting_turns_away), &["nt4/relays"]),
    ("c11", Part(parts::own_mail_is_dropped), &["gateway/inbound"]),
    ("c18", Part(parts::nothing_is_returned), &["exchange-5.0/pop-client-elsewhere"]),
];

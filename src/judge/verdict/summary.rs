//! What a run comes to.

use super::Rules;
use crate::judge::{CaseResult, Declaration, Presence, Role, Summary};

/// The exit codes that verdicts decide. Others (2: the user's input is wrong) are `cli`'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// 0: something was judged, and everything judged conforms.
    Conformant,
    /// 1: something deviates, whatever else stayed open.
    Deviates,
    /// 3: nothing deviates, and something stayed open: a case, a required role about which nothing was judged, or the
    /// whole run because nothing in it was judged.
    Inconclusive,
}

impl Exit {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::Deviates => 1,
            Self::Inconclusive => 3,
        }
    }
}

/// What a run comes to: the end of the event stream, and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// How many cases came to what.
    pub summary: Summary,
    /// Required roles about which nothing was judged: target, role, reason.
    pub unjudged: Vec<(String, Role, String)>,
    /// The exit code.
    pub exit: Exit,
}

impl Conclusion {
    /// The same where so many of the cases that deviate are known to and accepted: they are counted apart and decide
    /// nothing. What stayed open decides as ever.
    #[must_use]
    pub fn excusing(mut self, expected: u32) -> Self {
        let expected = expected.min(self.summary.deviates);
        self.summary.deviates -= expected;
        self.summary.expected = self.summary.expected.saturating_add(expected);
        if self.exit == Exit::Deviates && self.summary.deviates == 0 {
            let is_open = self.summary.inconclusive > 0 || !self.unjudged.is_empty();
            self.exit = if is_open { Exit::Inconclusive } else { Exit::Conformant };
        }
        self
    }
}

pub(super) fn required_roles(declaration: &Declaration) -> Vec<Role> {
    Role::MATRIX
        .into_iter()
        .filter(|role| declaration.presence.get(role) != Some(&Presence::Absent))
        .filter(|role| *role != Role::AuthorizedAccount || !declaration.no_authorized_account)
        .collect()
}

pub(super) fn summarise<R: Rules + ?Sized>(
    rules: &R,
    results: &[CaseResult],
    required: &[(String, Role)],
) -> Conclusion {
    let mut summary = Summary::default();
    for result in results {
        summary.count(result.judgement.verdict);
    }
    let unjudged: Vec<_> = required
        .iter()
        .filter_map(|(target, role)| {
            let reason = why_unjudged(rules, results, target, *role)?;
            Some((target.clone(), *role, reason))
        })
        .collect();
    let nothing_judged = !results.iter().any(|result| rules.says_something(result.judgement.verdict));
    let exit = if summary.deviates > 0 {
        Exit::Deviates
    } else if summary.inconclusive > 0 || !unjudged.is_empty() || nothing_judged {
        Exit::Inconclusive
    } else {
        Exit::Conformant
    };
    Conclusion { summary, unjudged, exit }
}

/// `None` where something was judged about the role.
fn why_unjudged<R: Rules + ?Sized>(rules: &R, results: &[CaseResult], target: &str, role: Role) -> Option<String> {
    let about = || results.iter().filter(|result| result.target == target && result.role == Some(role));
    if about().any(|result| rules.says_something(result.judgement.verdict)) {
        return None;
    }
    let nothing = format!("nothing was judged about {}", role.phrase());
    Some(match about().find_map(|result| result.judgement.reasons.first()) {
        Some(reason) => format!("{nothing}: {reason}"),
        None => format!("{nothing}: no case about it was run"),
    })
}

#[cfg(test)]
mod tests;

//! The rules as a table: named evidence and the verdict it must come to. Each row is a test of its own, and the mutants
//! of the judge are run over all of them. Expected verdicts come from `docs/verdicts.md`, sentence by sentence.

mod controls;
mod fates;
mod local_and_served;
mod mechanisms;
mod seen;
mod senders;

use crate::judge::{Evidence, Judgement, Presence, Role, Rules, StandardRules, Verdict};

/// What is asked of the evidence.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    Relay(Role),
    LocalMail,
    Served,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) asked: Asked,
    pub(super) evidence: Evidence,
    pub(super) verdict: Verdict,
    /// What the reasons or the remedy have to say, among other things.
    pub(super) says: &'static str,
}

impl Row {
    pub(super) fn judged_by(&self, rules: &dyn Rules) -> Judgement {
        match self.asked {
            Asked::Relay(role) => rules.relay(role, &self.evidence),
            Asked::LocalMail => rules.local_mail(&self.evidence),
            Asked::Served => rules.authorized_account_is_served(&self.evidence),
        }
    }

    fn check(&self) {
        let judgement = self.judged_by(&StandardRules);
        assert_eq!(judgement.verdict, self.verdict, "{judgement:#?}");
        let said = format!("{}; {}", judgement.reasons.join("; "), judgement.remedy.unwrap_or_default());
        assert!(said.contains(self.says), "{:?} is not said in: {said}", self.says);
    }
}

/// `name: question, evidence => Verdict, "what it says"`: a test `name`, and a row of `rows()`.
macro_rules! table {
    ($($name:ident: $asked:expr, $evidence:expr => $verdict:ident, $says:literal;)+) => {
        pub(super) fn rows() -> Vec<super::Row> {
            vec![$(super::Row {
                name: stringify!($name),
                asked: $asked,
                evidence: $evidence,
                verdict: crate::judge::Verdict::$verdict,
                says: $says,
            }),+]
        }

        $(#[test]
        fn $name() {
            let rows = rows();
            let row = rows.iter().find(|row| row.name == stringify!($name)).expect("a row of this table");
            row.check();
        })+
    };
}
use table;

pub(super) fn rows() -> Vec<Row> {
    [seen::rows(), controls::rows(), senders::rows(), fates::rows(), mechanisms::rows(), local_and_served::rows()]
        .concat()
}

#[test]
fn no_two_rows_share_a_name() {
    let mut names: Vec<&str> = rows().iter().map(|row| row.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// A file that names an authorized account and says `authorized: none` is an input error (docs/target-file.md); and no
/// role but the null session, the guest and the wrong password is declared away for want of a mechanism.
#[test]
fn no_remedy_makes_a_file_that_is_wrong() {
    for row in rows() {
        let names_one = row.evidence.declaration.presence.get(&Role::AuthorizedAccount) == Some(&Presence::Given)
            && !row.evidence.declaration.no_authorized_account;
        let remedy = row.judged_by(&StandardRules).remedy.unwrap_or_default();
        assert!(!(names_one && remedy.contains("authorized: none")), "{}: {remedy}", row.name);
    }
}

#[test]
fn every_reason_says_something() {
    for row in rows() {
        let judgement = row.judged_by(&StandardRules);
        assert!(!judgement.reasons.is_empty(), "{}", row.name);
        assert!(judgement.reasons.iter().all(|reason| !reason.trim().is_empty()), "{}", row.name);
    }
}

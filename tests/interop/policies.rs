//! Each of the three servers under each of the policies: every role's row, every case's verdict and the exit code.
//!
//! What is expected follows from what the policy is, by the bulletin's question (an identity that is not authorized may
//! not relay) and `docs/verdicts.md`; the codes are the servers' own, named at [`Counterpart::refusal`].

use super::Failure;
use super::counterpart::Counterpart;
use super::policy::Policy;
use super::verifier::{STARTTLS_CASES, Verified};
use rstest::rstest;
use std::collections::BTreeMap;

/// What became of a role's mail, and the verdict.
type Outcome = (String, &'static str);

/// What a policy comes to.
struct Expected {
    anonymous: Outcome,
    /// Who fails to authenticate: a guest, a wrong password, and the null session where it is refused.
    refused: Outcome,
    /// Who authenticates and may not relay.
    admitted: Outcome,
    authorized: Outcome,
    exit: i32,
    /// What an inconclusive role has to give as the reason.
    cause: &'static str,
}

impl Expected {
    fn of(policy: Policy, counterpart: Counterpart) -> Self {
        let same = |fate: String, verdict| Self {
            anonymous: (fate.clone(), verdict),
            refused: (fate.clone(), verdict),
            admitted: (fate, verdict),
            authorized: ("arrived".to_owned(), "conformant"),
            exit: 0,
            cause: "",
        };
        let arrived = |verdict| ("arrived".to_owned(), verdict);
        let refused_at = |command: &str| format!("refused at {command} {}", counterpart.refusal());
        match policy {
            Policy::AuthorizedOnly => same(refused_at("rcpt"), "conformant"),
            Policy::AnyAuthenticated => {
                Self { admitted: arrived("deviates"), exit: 1, ..same(refused_at("rcpt"), "conformant") }
            }
            Policy::Open => Self {
                anonymous: arrived("deviates"),
                exit: 1,
                cause: "the server relays for 127.0.0.2",
                ..same("arrived".to_owned(), "inconclusive")
            },
            Policy::Closed => Self {
                authorized: ("not-tried".to_owned(), "not-applicable"),
                ..same(refused_at("rcpt"), "conformant")
            },
            Policy::DropsTheRest => same("accepted-not-seen".to_owned(), "conformant"),
            Policy::DropsEverything => Self {
                authorized: ("accepted-not-seen".to_owned(), "inconclusive"),
                exit: 3,
                cause: "not seen",
                ..same("accepted-not-seen".to_owned(), "inconclusive")
            },
            Policy::RefusesLate => same(refused_at("end-of-data"), "conformant"),
            Policy::RefusesForNow => same(format!("deferred at rcpt {}", counterpart.deferral()), "conformant"),
        }
    }

    /// Each role's row, as the report has it.
    fn rows(&self, policy: Policy, counterpart: Counterpart) -> BTreeMap<&'static str, String> {
        let row = |answer: &str, (fate, verdict): &Outcome| format!("{answer}; {fate}; {verdict}");
        let null_session = match counterpart {
            Counterpart::Postfix => "not-tried; not-tried; not-applicable".to_owned(),
            Counterpart::Exim => row("refused 535", &self.refused),
            Counterpart::Aiosmtpd => row("accepted 235", &self.admitted),
        };
        let authorized = if policy == Policy::Closed { "not-tried" } else { "accepted 235" };
        BTreeMap::from([
            ("anonymous", row("not-tried", &self.anonymous)),
            ("wrong-password", row("refused 535", &self.refused)),
            ("null-session", null_session),
            ("guest", row("refused 535", &self.refused)),
            ("unauthorized-account", row("accepted 235", &self.admitted)),
            ("authorized-account", row(authorized, &self.authorized)),
        ])
    }
}

impl Counterpart {
    /// Postfix: `relay_domains_reject_code` of postconf(5), or the fixture's access table; Exim: specification 43.20,
    /// `deny`, with no enhanced status code; aiosmtpd: what its program answers.
    fn refusal(self) -> &'static str {
        match self {
            Self::Postfix => "554 5.7.1",
            Self::Exim => "550",
            Self::Aiosmtpd => "550 5.7.1",
        }
    }

    /// The same, temporary: Postfix's `defer_unauth_destination`, Exim's `defer`.
    fn deferral(self) -> &'static str {
        match self {
            Self::Postfix => "454 4.7.1",
            Self::Exim => "451",
            Self::Aiosmtpd => "450 4.7.1",
        }
    }
}

/// Each case's verdict: those of the roles' mail as in their rows; the others are conformant, since the servers have no
/// TURN, ATRN or EXPN and follow RFC 5321 and 3030, but for what cannot be asked.
fn verdicts<'a>(rows: &'a BTreeMap<&'static str, String>, counterpart: Counterpart) -> BTreeMap<&'a str, &'a str> {
    let of_roles = rows.iter().filter_map(|(role, row)| Some((relay_case(role), row.rsplit("; ").next()?)));
    // Who was refused by AUTH has no session of its own to be tried in.
    let of_null_session = match counterpart {
        Counterpart::Postfix | Counterpart::Exim => "not-applicable",
        Counterpart::Aiosmtpd => "conformant",
    };
    let of_chunks = match counterpart {
        Counterpart::Postfix | Counterpart::Exim => "conformant",
        // It has no CHUNKING.
        Counterpart::Aiosmtpd => "skipped",
    };
    OTHER_CASES
        .into_iter()
        .map(|case| match case {
            _ if case.ends_with("/null-session") => (case, of_null_session),
            _ if case.starts_with("chunking/") => (case, of_chunks),
            _ => (case, "conformant"),
        })
        .chain(of_roles)
        .chain(STARTTLS_CASES.map(|case| (case, "skipped")))
        .collect()
}

fn relay_case(role: &str) -> &'static str {
    ROLE_CASES.into_iter().find(|case| case.strip_prefix("relay/") == Some(role)).unwrap_or("no case")
}

const ROLE_CASES: [&str; 6] = [
    "relay/anonymous",
    "relay/wrong-password",
    "relay/null-session",
    "relay/guest",
    "relay/unauthorized-account",
    "relay/authorized-account",
];

/// The cases that are not about a role's mail.
const OTHER_CASES: [&str; 20] = [
    "bounds/atrn/anonymous",
    "bounds/atrn/null-session",
    "bounds/atrn/unauthorized-account",
    "bounds/expn/anonymous",
    "bounds/expn/null-session",
    "bounds/expn/unauthorized-account",
    "bounds/turn/anonymous",
    "bounds/turn/null-session",
    "bounds/turn/unauthorized-account",
    "chunking/authenticate-between-chunks",
    "gateway/local-recipient",
    "session/data-before-rcpt",
    "session/ehlo",
    "session/greeting",
    "session/helo",
    "session/noop",
    "session/quit",
    "session/rcpt-before-mail",
    "session/rset",
    "session/unknown-command",
];

/// Compares all of a run with what it has to be.
fn expect(verified: &Verified, policy: Policy, counterpart: Counterpart) {
    let expected = Expected::of(policy, counterpart);
    let rows = expected.rows(policy, counterpart);
    assert_eq!(verified.roles(), rows, "{}", verified.stdout);
    for (role, row) in &rows {
        if row.ends_with("; inconclusive") {
            let said = verified.says(&format!("relay/{role}"));
            assert!(said.contains(expected.cause), "{role}: {:?} is not in {said:?}", expected.cause);
        }
    }
    assert_eq!(verified.verdicts(), verdicts(&rows, counterpart), "{}", verified.stdout);
    assert_eq!(verified.exit, expected.exit, "{}{}", verified.stdout, verified.stderr);
}

#[rstest]
fn every_verdict_is_the_one_that_the_policy_makes_right(
    #[values(Counterpart::Postfix, Counterpart::Exim, Counterpart::Aiosmtpd)] counterpart: Counterpart,
    #[values(
        Policy::AuthorizedOnly,
        Policy::AnyAuthenticated,
        Policy::Open,
        Policy::Closed,
        Policy::DropsTheRest,
        Policy::DropsEverything,
        Policy::RefusesLate,
        Policy::RefusesForNow
    )]
    policy: Policy,
) -> Result<(), Failure> {
    if !counterpart.is_wanted() {
        return Ok(());
    }
    let (server, target) = counterpart.start(policy)?;
    expect(&target.verify(&server, &[])?, policy, counterpart);
    Ok(())
}

//! What MS02-011 claims, and which cases show it.

use super::case::Case;
use super::lint::ClaimId;
use super::suite::Suite;
use crate::judge::{CaseResult, Verdict};

/// The claims in a sentence of ours each, `c01` first. The bulletin's own words are in its FAQ.
pub const CLAIMS: [&str; 24] = [
    "The SMTP service of Windows 2000 has the flaw.",
    "The SMTP service of the Windows NT 4.0 Option Pack has it too, which the text of 2002 did not know.",
    "The Internet Mail Connector of Exchange 5.5 has it, on NT 4.0 and on Windows 2000.",
    "Exchange 2000 does not have it, not even on an unpatched Windows 2000.",
    "Exchange 5.0 does not have it: it cannot decide by authentication at all.",
    "Windows XP Professional does not have it.",
    "The cause is a missing check: who authenticated is never asked whether it may use the mail service.",
    "The effect is that whoever can authenticate can use the mail service.",
    "The attacker's mail leaves as the server's own, under any sender, to many recipients at once.",
    "What else SMTP has a verb for is refused: another domain's waiting mail, a list's members, another's mailbox as the \
     sender; programs and administration have no verb, and are not tested.",
    "Relaying is right where it is meant: a gateway passes the company's mail inside, patched or not.",
    "Windows 2000 is affected only where its SMTP service is installed and runs, as it does by default.",
    "Windows NT 4.0 is affected only where the Option Pack was applied and its SMTP service runs.",
    "The connector is installed with Exchange 5.5 by default, and what it relays is a matter of its routing setting.",
    "Exchange 5.5 can relay for those who authenticate and for nobody else.",
    "Exchange 5.0 cannot refuse the anonymous without refusing those who authenticate.",
    "An Exchange 5.0 that faces the Internet is protected by not rerouting.",
    "With rerouting off, POP3 and IMAP4 clients reach recipients of the server's own domain only.",
    "MAPI clients do not notice that setting.",
    "Exchange 5.5 on Windows 2000 needs the connector's patch, and only that.",
    "Exchange 2000 runs on Windows 2000 only, and needs no patch for this.",
    "The patch puts the check in: without the right to use the mail service nobody relays, with it everybody does.",
    "The Windows 2000 patch is the same for MS02-011 and MS02-012.",
    "The protocol is SMTP as RFC 2821 has it, and an ordinary session works everywhere.",
];

/// A claim with the cases that show it.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// Its id.
    pub id: ClaimId,
    /// What it says.
    pub sentence: &'static str,
    /// Its cases, each with what it came to: `None` where it was not run.
    pub cases: Vec<(&'a Case, Option<Verdict>)>,
    /// The requirements that generalise it. They judge a target, so that what they come to says nothing of the claim.
    pub requirements: Vec<(&'a Case, Option<Verdict>)>,
}

impl Claim<'_> {
    /// Whether at least one case of it was run, and all that were conform.
    pub fn is_shown(&self) -> bool {
        let mut verdicts = self.cases.iter().filter_map(|(_, verdict)| *verdict).peekable();
        verdicts.peek().is_some() && verdicts.all(|verdict| verdict == Verdict::Conformant)
    }
}

/// Every claim, with the cases that carry its tag and what they came to.
pub fn claims<'a>(suite: &'a Suite, results: &[CaseResult]) -> Vec<Claim<'a>> {
    let ids = (1..=u8::MAX).map_while(ClaimId::new);
    ids.zip(CLAIMS)
        .map(|(id, sentence)| {
            let verdict = |case: &Case| {
                let result = results.iter().find(|result| result.requirement.id == case.requirement.id);
                result.map(|result| result.judgement.verdict())
            };
            let carrying = suite.cases().iter().filter(|case| case.claims.contains(&id));
            let (cases, requirements) =
                carrying.map(|case| (case, verdict(case))).partition(|(case, _)| case.is_record());
            Claim { id, sentence, cases, requirements }
        })
        .collect()
}

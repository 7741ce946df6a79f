//! Whether a notice says that mail was returned for something else than who may relay.

use super::Doubt;
use super::controls::has_wording;
use super::sentences::{became, mail};
use crate::judge::{Attempt, Evidence, Fate, Role, Spoken};

/// A status about addresses, mailboxes, the mail system, the network or the protocol (RFC 3463 3.2 to 3.6) is not about who may
/// relay; x.1.7 and x.1.8 are about the sender. X.0.y and x.7.y may be, and so may a notice without any.
pub(super) fn is_about_rights(attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
    let declaration = &evidence.declaration;
    let Fate::Bounced { notice } = &attempt.fate else { return Ok(()) };
    let Some(stated) = &notice.stated else { return Ok(()) };
    let text = stated.diagnostic.clone().unwrap_or_default();
    let said = Spoken { code: 550, enhanced: stated.status.clone(), text, more: Vec::new() };
    let is_asked = attempt.role != Role::AuthorizedAccount && !declaration.passwords_are_ours;
    if !is_asked || has_wording(&said, &declaration.refusal_wordings) {
        return Ok(());
    }
    let mut codes = stated.status.as_deref().unwrap_or_default().split('.').skip(1);
    match (codes.next(), codes.next()) {
        (Some("1"), Some("7" | "8")) => Err(Doubt::open(format!(
            "{} {}; the notice says that it was for its sender {}",
            mail(attempt),
            became(&attempt.fate),
            attempt.reverse_path
        ))
        .with_remedy(format!("check the `sender` of `{}`", attempt.sender_of.id()))),
        (Some("1" | "2" | "3" | "4" | "5" | "6"), _) => Err(Doubt::open(format!(
            "{} {}; the status in the notice is not about authorization",
            mail(attempt),
            became(&attempt.fate)
        ))
        .with_remedy(
            "mend what the notice speaks of, another `remote-recipient` if it is the recipient; where its words are how this \
             server refuses for want of rights, name them under `refusal-wordings`",
        )),
        (_, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::judge::fixture::{bounced, safe};
    use crate::judge::{Rules, StandardRules, Stated, Verdict};

    /// RFC 3463 3.1 to 3.8 for the statuses; the account's mail was returned, and everything else is as it should be.
    #[rstest]
    #[case::delivery_not_authorized("5.7.1", &[], Verdict::Conformant)]
    #[case::undefined("5.0.0", &[], Verdict::Conformant)]
    #[case::senders_address("5.1.8", &[], Verdict::Inconclusive)]
    #[case::senders_syntax("5.1.7", &[], Verdict::Inconclusive)]
    #[case::no_such_domain("5.1.2", &[], Verdict::Inconclusive)]
    #[case::no_route("5.4.4", &[], Verdict::Inconclusive)]
    #[case::content("5.6.1", &[], Verdict::Inconclusive)]
    #[case::as_the_file_words_it("5.1.2", &["not for you"], Verdict::Conformant)]
    fn a_status_that_is_not_about_rights_leaves_it_open(
        #[case] status: &str,
        #[case] wordings: &[&str],
        #[case] expected: Verdict,
    ) {
        let Fate::Bounced { mut notice } = bounced() else { panic!("no notice") };
        let diagnostic = Some("smtp; 550 not for you".to_owned());
        notice.stated = Some(Stated { status: Some(status.to_owned()), diagnostic });
        let evidence = safe().ending(Role::UnauthorizedAccount, Fate::Bounced { notice }).wording(wordings);
        let judgement = StandardRules.relay(Role::UnauthorizedAccount, &evidence);
        assert_eq!(judgement.verdict, expected, "{judgement:?}");
    }
}

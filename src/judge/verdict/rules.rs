//! The rules, each a method of its own.

use super::{
    Anybody, Conclusion, Doubt, Judgement, NotRelayed, Verdict, cause, controls, fate, local_mail, notice, relay,
    sender, served, summary,
};
use crate::judge::record::{self, ExpectedAuthentication, ExpectedOutcome};
use crate::judge::{
    Attempt, Authentication, CaseResult, Declaration, Destination, Door, Evidence, Fate, Role, Spoken, Stage,
};

/// The rules by which evidence becomes a verdict, each rule a method of its own so that a wrong one can be put in its
/// place and be seen to fail. The provided bodies are the rules; [`StandardRules`] changes none of them.
///
/// A control returns the fact that makes it hold, as a clause, or the [`Doubt`] it leaves.
pub trait Rules: Send + Sync {
    /// Whether an unauthorized role got further with mail for the remote recipient than anybody does.
    ///
    /// Of the authorized account it is asked whether it is served ([`Self::authorized_account_is_served`]), so that
    /// each role of the matrix has an answer. To the submitters of the record it does not apply.
    fn relay(&self, role: Role, evidence: &Evidence) -> Judgement {
        relay::judge(self, role, evidence)
    }

    /// What the record states about a role's mail, compared with what was seen of it ([`record::judge_record`]).
    fn record(&self, expected: ExpectedOutcome, role: Role, evidence: &Evidence, is_model: bool) -> Judgement {
        record::judge_record_by(self, expected, role, evidence, is_model)
    }

    /// What the record states about AUTH's answer alone ([`record::compare_authentication`]).
    fn record_authentication(
        &self,
        expected: ExpectedAuthentication,
        role: Role,
        answer: &Authentication,
        fate: &Fate,
    ) -> Judgement {
        record::compare_authentication(expected, role, answer, fate)
    }

    /// Whether mail for the local recipient is taken from an anonymous client, as a gateway has to (service `mx` only).
    fn local_mail(&self, evidence: &Evidence) -> Judgement {
        local_mail::judge(self, evidence)
    }

    /// Whether the authorized account is served: authenticates, and its mail to the remote recipient goes out.
    ///
    /// A refusal leaves it open: the account may have no right to relay after all, or the recipient be refused to all.
    fn authorized_account_is_served(&self, evidence: &Evidence) -> Judgement {
        served::judge(self, evidence)
    }

    /// Whether mail for the remote recipient was relayed: the witness saw it at the door to the world outside. A 250 is
    /// a claim, not a proof.
    fn was_let_through(&self, attempt: &Attempt) -> bool {
        attempt.destination == Destination::Remote
            && matches!(&attempt.fate, Fate::Arrived { sighting } if sighting.door == Door::Outside)
    }

    /// Whether mail was taken, as it matters for mail to the local recipient: RCPT or more was accepted and nothing was
    /// refused afterwards. What the server does with it later is its own business.
    fn was_taken(&self, attempt: &Attempt) -> bool {
        match &attempt.fate {
            Fate::Arrived { .. } | Fate::AcceptedNotSeen { .. } => true,
            Fate::AcceptedUnproven { at } => *at >= Stage::Rcpt,
            Fate::Unsettled { otherwise, .. } => matches!(**otherwise, Fate::AcceptedNotSeen { .. }),
            Fate::Refused { .. }
            | Fate::Deferred { .. }
            | Fate::Bounced { .. }
            | Fate::NoAnswer(_)
            | Fate::NotTried { .. } => false,
        }
    }

    /// How it is that mail was not relayed; with controls still to be asked for.
    ///
    /// # Errors
    /// Where it cannot be told that it was not: accepted and unproven, deferred without the proof that it stays so, no
    /// answer, not tried.
    fn counts_as_refused<'a>(&self, attempt: &'a Attempt, evidence: &Evidence) -> Result<NotRelayed<'a>, Doubt> {
        fate::counts_as_refused(self, attempt, evidence)
    }

    /// Whether a 4xx that stayed is a refusal and no greylisting: the same client's mail with a fresh reverse-path to a
    /// local recipient was taken at the first try, which a greylister would have deferred too.
    ///
    /// # Errors
    /// Where that mail was not tried or not taken.
    fn deferral_is_no_greylisting(&self, attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
        fate::deferral_is_no_greylisting(self, attempt, evidence)
    }

    /// Whether a 4xx that stayed is what the anonymous client got too, with the same sender: the same command, code and enhanced
    /// code. Where anybody is refused for good, a role that is put off alone may be so for a quota or for trouble.
    ///
    /// # Errors
    /// Where the anonymous client got another answer.
    fn deferral_is_what_anybody_gets(&self, attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
        fate::deferral_is_what_anybody_gets(attempt, evidence)
    }

    /// Whether the refusal can be about more than the sender: the file gives the reverse-path that was used.
    ///
    /// # Errors
    /// Where it does not.
    fn control_sender(&self, attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
        sender::is_given(attempt, evidence)
    }

    /// What anybody gets here: what became of anonymous mail to this forward-path.
    fn anybody<'a>(&self, forward_path: &str, evidence: &'a Evidence) -> Anybody<'a> {
        controls::anybody(self, forward_path, evidence)
    }

    /// Control (a): an anonymous client, from the same address, with the same sender, to the same forward-path, was
    /// answered and not let through.
    ///
    /// # Errors
    /// Where it was let through, gave no answer, or was not tried.
    fn control_anonymous(&self, attempt: &Attempt, evidence: &Evidence) -> Result<String, Doubt> {
        controls::anonymous(self, attempt, evidence)
    }

    /// Control (b): the refusal is about authorization, not about the recipient.
    ///
    /// # Errors
    /// Where the authorized account's mail to the same forward-path was not seen to get further; where the file says
    /// `authorized: none`, where the refusal does not say that it is about authorization, or no local mail is taken.
    fn control_authorized(&self, attempt: &Attempt, how: NotRelayed<'_>, evidence: &Evidence) -> Result<String, Doubt> {
        controls::authorized(self, attempt, how, evidence)
    }

    /// Control (d): the refusal is about who sends, not about the sender that the file gives, which may be mistyped. Not asked
    /// where the harness chose the senders itself.
    ///
    /// # Errors
    /// Where the refusal says that it is about the sender (x.1.7, x.1.8). Of a role that did authenticate: where the
    /// anonymous client got another answer, the same client's mail from the same sender to the local recipient was not
    /// taken, and the refusal has no wording of the file. Of any other: where MAIL was refused and nothing shows that it
    /// was not for the sender.
    fn control_not_for_its_sender(
        &self,
        attempt: &Attempt,
        how: NotRelayed<'_>,
        evidence: &Evidence,
    ) -> Result<(), Doubt> {
        sender::is_not_why(self, attempt, how, evidence)
    }

    /// Control (e): the refusal is about nothing else than authorization, which (b) does not show where the authorized account
    /// is let through before the server looks at what others are refused for. Not asked where the harness chose names and
    /// addresses itself.
    ///
    /// # Errors
    /// Where its code or its words are about something else, or local mail was answered alike; not where it has a wording of
    /// the file.
    fn control_not_for_another_cause(
        &self,
        attempt: &Attempt,
        how: NotRelayed<'_>,
        evidence: &Evidence,
    ) -> Result<(), Doubt> {
        notice::is_about_rights(attempt, evidence)?;
        cause::is_authorization(attempt, how.reply(), evidence)
    }

    /// Whether a reply says of itself that it is about authorization: x.7.1 (RFC 3463 3.8, "Delivery not authorized,
    /// message refused") or a wording that the file names.
    fn is_about_authorization(&self, reply: &Spoken, wordings: &[String]) -> bool {
        controls::is_about_authorization(reply, wordings)
    }

    /// Control (c): what AUTH said fits the role, so that a typo never looks like safety.
    ///
    /// # Errors
    /// Where an account did not authenticate and nothing says that it should not; where AUTH has no answer or none that
    /// is final; where the mechanism cannot be had.
    fn control_authenticated(&self, attempt: &Attempt, evidence: &Evidence) -> Result<String, Doubt> {
        controls::authenticated(attempt, evidence)
    }

    /// The roles about which something must have been judged: the six of the matrix, less those the file declares
    /// absent, less the authorized account where it says `authorized: none`.
    fn required_roles(&self, declaration: &Declaration) -> Vec<Role> {
        summary::required_roles(declaration)
    }

    /// Whether a verdict says something about its role. A case that was skipped does not.
    fn says_something(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Conformant | Verdict::Deviates | Verdict::Inconclusive => true,
            Verdict::Skipped | Verdict::NotApplicable => false,
        }
    }

    /// What a run comes to: the counts, the required roles about which nothing was judged, the exit code.
    ///
    /// `results` are those that decide the exit code. `required` names targets and roles, from
    /// [`Self::required_roles`]; empty in a run of the record, which judges sentences and not targets.
    fn summarise(&self, results: &[CaseResult], required: &[(String, Role)]) -> Conclusion {
        summary::summarise(self, results, required)
    }
}

/// The rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StandardRules;

impl Rules for StandardRules {}

//! Whether a refusal is about something else than who may relay.

use super::Doubt;
use super::controls::has_wording;
use super::sender::{answer, is_same_answer, subject_and_detail};
use super::sentences::{became, mail};
use crate::judge::open::is_rate_limit;
use crate::judge::{Attempt, Destination, Evidence, OpenReason, Role, Spoken};

pub(super) fn is_authorization(attempt: &Attempt, reply: Option<&Spoken>, evidence: &Evidence) -> Result<(), Doubt> {
    let declaration = &evidence.declaration;
    let Some(reply) = reply else { return Ok(()) };
    let is_asked = attempt.role != Role::AuthorizedAccount && !declaration.passwords_are_ours;
    if !is_asked || has_wording(reply, &declaration.refusal_wordings) {
        return Ok(());
    }
    is_about_rights(attempt, reply)?;
    is_about_relaying(attempt, evidence)
}

/// A code about addresses, mailboxes, the mail system, the network or the protocol (RFC 3463 3.2 to 3.6) is not about who may
/// relay, and none is about the client's host (X.7.20 to X.7.29 of RFC 7372 and the registry: SPF, DKIM, reverse names). 530
/// asks for authentication, whatever stands behind it.
pub(super) fn is_about_rights(attempt: &Attempt, reply: &Spoken) -> Result<(), Doubt> {
    let is_about = match subject_and_detail(reply) {
        Some(("7", detail)) => !detail.parse::<u16>().is_ok_and(|detail| matches!(detail, 10 | 11 | 20..30)),
        Some((subject, _)) => subject == "0" || reply.code == 530,
        None => true,
    };
    let said: Vec<String> = reply.lines().map(str::to_lowercase).collect();
    let other_cause = OTHER_CAUSES.iter().find(|words| said.iter().any(|line| line.contains(*words)));
    let open = match (subject_and_detail(reply), other_cause) {
        (Some(("7", "10" | "11")), _) | (_, Some(&("starttls" | "encryption"))) => OpenReason::TlsRequired,
        _ if is_rate_limit(reply) => OpenReason::RateLimited,
        _ => OpenReason::OtherRefusal,
    };
    let why = match (is_about, other_cause) {
        (true, None) => return Ok(()),
        (false, _) => "its code is not about authorization".to_owned(),
        (true, Some(words)) => format!("it speaks of something else than authorization: `{words}`"),
    };
    let doubt = Doubt::open(open, format!("{} {}; {why}", mail(attempt), became(&attempt.fate)));
    if open != OpenReason::OtherRefusal {
        return Err(doubt);
    }
    Err(doubt.with_remedy(format!(
        "mend what the reply speaks of, another `remote-recipient` if it is the recipient; where `{}` is how this server \
         words a refusal for want of rights, name that under `refusal-wordings`",
        reply.text.trim()
    )))
}

/// Words of refusals for other causes, as Postfix, Exim, Sendmail and filters beside them have them. 550 and 5.7.1 are said for
/// these as well as for want of rights.
const OTHER_CAUSES: [&str; 22] = [
    "blocked",
    "block list",
    "blocklist",
    "blacklist",
    "dnsbl",
    "spamhaus",
    "listed",
    "spam",
    "virus",
    "content rejected",
    "quota",
    "rate limit",
    "limit exceeded",
    "too many",
    "domain not found",
    "host not found",
    "host unknown",
    "unrouteable",
    "verify failed",
    "verification failed",
    "starttls",
    "encryption",
];

/// Whom a server answers alike to mail for its own recipient it turns away for something else than relaying. 530 is said to
/// whoever has not authenticated.
fn is_about_relaying(attempt: &Attempt, evidence: &Evidence) -> Result<(), Doubt> {
    let asks_to_authenticate = answer(&attempt.fate).is_some_and(|(_, reply)| reply.code == 530);
    let local = evidence.attempts.iter().find(|local| {
        local.destination == Destination::Local
            && !local.fresh_sender
            && (local.role == Role::Anonymous || local.role == attempt.role)
            && is_same_answer(&local.fate, &attempt.fate)
    });
    match local.filter(|_| !asks_to_authenticate) {
        Some(local) => Err(Doubt::open(
            OpenReason::OtherRefusal,
            format!(
                "{} {}, and so was {}: the server may refuse this client, or this sender, whatever the recipient",
                mail(attempt),
                became(&attempt.fate),
                mail(local)
            ),
        )
        .with_remedy(
            "find out why mail for the local recipient is refused; it is taken from anybody where all is well",
        )),
        None => Ok(()),
    }
}

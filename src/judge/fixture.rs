//! Evidence for tests: a server that is safe in every respect, and the ways to change what was seen of it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{
    Attempt, Authentication, Declaration, Destination, Door, Evidence, Fate, Hint, Judgement, NoAnswer, Nonce,
    OpenReason, Presence, Role, Service, Sighting, Source, Spoken, Stage, Verdict,
};
use crate::protocol::transcript::Transcript;

pub(super) const REMOTE: &str = "somebody@elsewhere.example";
pub(super) const LOCAL: &str = "desk@inside.example";
pub(super) const ADDRESS: &str = "192.0.2.10";

/// The roles that authenticate and must not relay.
pub(super) const UNAUTHORIZED: [Role; 4] =
    [Role::WrongPassword, Role::NullSession, Role::Guest, Role::UnauthorizedAccount];

/// A judgement with this verdict; why it is open does not matter.
pub(crate) fn judgement_of(verdict: Verdict, reason: &str) -> Judgement {
    match verdict {
        Verdict::Conformant => Judgement::conformant(reason),
        Verdict::Deviates => Judgement::deviates(reason),
        Verdict::Inconclusive => Judgement::inconclusive(OpenReason::ConnectionRefused, reason),
        Verdict::Skipped => Judgement::skipped(reason),
        Verdict::NotApplicable => Judgement::not_applicable(reason),
    }
}

pub(super) fn spoken(code: u16, enhanced: Option<&str>, text: &str) -> Spoken {
    Spoken { code, enhanced: enhanced.map(str::to_owned), text: text.to_owned(), more: Vec::new() }
}

/// The refusal of Windows 2000, RFC 3463 3.8 code and all.
pub(super) fn unable_to_relay() -> Spoken {
    spoken(550, Some("5.7.1"), "Unable to relay")
}

pub(super) fn refused(at: Stage) -> Fate {
    Fate::Refused { at, reply: unable_to_relay() }
}

/// What Postfix with `defer_unauth_destination` answers to relay attempts.
pub(super) fn deferred(retried: bool) -> Fate {
    Fate::Deferred { at: Stage::Rcpt, reply: spoken(454, Some("4.7.1"), "Relay access denied"), retried }
}

pub(super) fn arrived(door: Door) -> Fate {
    Fate::Arrived { sighting: sighting(door, "sender@inside.example") }
}

pub(super) fn relayed() -> Fate {
    arrived(Door::Outside)
}

pub(super) fn relayed_for(recipient: &str) -> Fate {
    let sighting = Sighting { forward_paths: vec![recipient.to_owned()], ..sighting(Door::Outside, "x@srv.example") };
    Fate::Arrived { sighting }
}

pub(super) fn bounced() -> Fate {
    Fate::Bounced { notice: sighting(Door::Outside, "") }
}

pub(super) fn unseen() -> Fate {
    Fate::AcceptedNotSeen { waited: Duration::from_secs(5) }
}

pub(super) fn unsettled(otherwise: Fate, hint: Hint) -> Fate {
    Fate::Unsettled { otherwise: Box::new(otherwise), hint, sighting: sighting(Door::Outside, "") }
}

pub(super) fn unproven(at: Stage) -> Fate {
    Fate::AcceptedUnproven { at }
}

pub(super) fn closed() -> Fate {
    Fate::NoAnswer(NoAnswer::Closed)
}

pub(super) fn sighting(door: Door, reverse_path: &str) -> Sighting {
    Sighting {
        nonce: Nonce("0".to_owned()),
        door,
        reverse_path: reverse_path.to_owned(),
        forward_paths: vec![REMOTE.to_owned()],
        trace: Vec::new(),
        octets: 500,
        at: Duration::from_secs(1),
        after: None,
        stated: None,
    }
}

pub(super) fn accepted() -> Authentication {
    Authentication::Accepted { reply: spoken(235, Some("2.7.0"), "Authentication successful") }
}

pub(super) fn login_refused() -> Authentication {
    Authentication::Refused { reply: spoken(535, Some("5.7.8"), "Authentication credentials invalid") }
}

pub(super) fn unavailable(code: u16) -> Authentication {
    Authentication::Unavailable { reply: spoken(code, Some("5.5.4"), "Unrecognized authentication type") }
}

/// The anonymous client's is nobody's here.
pub(super) fn sender_of(role: Role) -> String {
    match role {
        Role::Anonymous => "anonymous@client.example".to_owned(),
        _ => format!("{}@inside.example", role.id()),
    }
}

/// A role's attempt on the remote recipient with its own sender: refused, as it should be; the authorized account's
/// arrives.
pub(super) fn attempt(role: Role) -> Attempt {
    let (authentication, fate) = match role {
        Role::Anonymous | Role::PopImapClient | Role::MapiClient => (Authentication::NotTried, refused(Stage::Rcpt)),
        Role::WrongPassword | Role::NullSession | Role::Guest => (login_refused(), refused(Stage::Rcpt)),
        Role::UnauthorizedAccount => (accepted(), refused(Stage::Rcpt)),
        Role::AuthorizedAccount => (accepted(), relayed()),
    };
    let mechanism = (authentication != Authentication::NotTried).then(|| "NTLM".to_owned());
    Attempt {
        role,
        sender_of: role,
        reverse_path: sender_of(role),
        fresh_sender: false,
        forward_path: REMOTE.to_owned(),
        destination: Destination::Remote,
        mechanism,
        nonce: Nonce("0".to_owned()),
        authentication,
        retried: false,
        passed: None,
        fate,
        order: 0,
        transcript: Transcript::new(),
        deciding_entry: None,
    }
}

impl Attempt {
    pub(super) fn ending(self, fate: Fate) -> Self {
        Self { fate, ..self }
    }

    pub(super) fn passing(self, stage: Stage) -> Self {
        Self { passed: Some(stage), ..self }
    }

    pub(super) fn answered(self, authentication: Authentication) -> Self {
        Self { authentication, ..self }
    }

    pub(super) fn sent_as(self, role: Role) -> Self {
        Self { sender_of: role, reverse_path: sender_of(role), ..self }
    }

    pub(super) fn by(self, mechanism: &str) -> Self {
        Self { mechanism: Some(mechanism.to_owned()), ..self }
    }

    pub(super) fn addressed_to(self, forward_path: &str) -> Self {
        Self { forward_path: forward_path.to_owned(), ..self }
    }

    pub(super) fn locally(self) -> Self {
        Self { destination: Destination::Local, forward_path: LOCAL.to_owned(), ..self }
    }

    pub(super) fn with_fresh_sender(self) -> Self {
        Self { fresh_sender: true, reverse_path: "fresh-1@inside.example".to_owned(), ..self }
    }
}

pub(super) fn declaration() -> Declaration {
    Declaration {
        service: Service::Mx,
        source: Some(Source::Outside),
        address: ADDRESS.to_owned(),
        witness: true,
        no_authorized_account: false,
        refusal_wordings: Vec::new(),
        presence: Role::MATRIX.into_iter().map(|role| (role, Presence::Given)).collect(),
        login_refused: BTreeSet::new(),
        passwords_are_ours: false,
        sender_given: Role::MATRIX.into_iter().collect(),
    }
}

/// Everything tried and every control holding: anonymous with every sender, each role, the authorized account last, and
/// mail for the local recipient of an anonymous client and of the account that may not relay.
pub(super) fn safe() -> Evidence {
    let anonymous = Role::MATRIX.into_iter().map(|role| attempt(Role::Anonymous).sent_as(role));
    let roles = UNAUTHORIZED.into_iter().map(attempt);
    let local = attempt(Role::Anonymous).locally().ending(arrived(Door::Inside));
    let own_local = attempt(Role::UnauthorizedAccount).locally().ending(arrived(Door::Inside));
    let attempts = anonymous.chain(roles).chain([local, own_local, attempt(Role::AuthorizedAccount)]).collect();
    Evidence { declaration: declaration(), attempts }.in_order()
}

/// The same where no account may relay, which the file says.
pub(super) fn closed_server(refusal_wordings: &[&str]) -> Evidence {
    safe()
        .without(Role::AuthorizedAccount)
        .wording(refusal_wordings)
        .declaring(|file| file.no_authorized_account = true)
}

impl Evidence {
    pub(super) fn in_order(mut self) -> Self {
        for (order, attempt) in (0..).zip(&mut self.attempts) {
            attempt.order = order;
        }
        self
    }

    pub(super) fn declaring(mut self, change: impl FnOnce(&mut Declaration)) -> Self {
        change(&mut self.declaration);
        self
    }

    /// With the wordings of refusals that the file names.
    pub(super) fn wording(self, wordings: &[&str]) -> Self {
        self.declaring(|file| file.refusal_wordings = wordings.iter().map(|&wording| wording.to_owned()).collect())
    }

    pub(super) fn changing(mut self, mut change: impl FnMut(&mut Attempt)) -> Self {
        self.attempts.iter_mut().for_each(&mut change);
        self
    }

    /// Another fate for all mail of a role to the remote recipient, whichever its sender.
    pub(super) fn ending(self, role: Role, fate: Fate) -> Self {
        self.changing(|attempt| {
            if attempt.role == role && attempt.destination == Destination::Remote {
                attempt.fate = fate.clone();
            }
        })
    }

    pub(super) fn answered(self, role: Role, authentication: Authentication) -> Self {
        self.changing(|attempt| {
            if attempt.role == role {
                attempt.authentication = authentication.clone();
            }
        })
    }

    pub(super) fn without(self, role: Role) -> Self {
        self.keeping(|attempt| attempt.role != role)
    }

    /// Without mail of roles that authenticate to the local recipient: not tried where it is not needed.
    pub(super) fn without_own_local_mail(self) -> Self {
        self.keeping(|attempt| attempt.role == Role::Anonymous || attempt.destination == Destination::Remote)
    }

    pub(super) fn keeping(mut self, keep: impl FnMut(&Attempt) -> bool) -> Self {
        self.attempts.retain(keep);
        self
    }

    /// With another attempt, made after all others.
    pub(super) fn and(mut self, attempt: Attempt) -> Self {
        let order = self.attempts.iter().map(|attempt| attempt.order + 1).max().unwrap_or(0);
        self.attempts.push(Attempt { order, ..attempt });
        self
    }

    /// With another attempt, made before all others.
    pub(super) fn after(mut self, attempt: Attempt) -> Self {
        self.attempts.insert(0, attempt);
        self.in_order()
    }
}

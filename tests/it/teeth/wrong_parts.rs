//! Wrong parts for the model: each does what the right one does, but for one thing. The three stages are here.

mod seams;
mod tls;

use std::sync::Arc;

use smtpspec::protocol::sasl::Proof;
use smtpspec::reference::model::seams::MailRights;
use smtpspec::reference::model::stages::{
    Authenticate, Authorization, Authorize, RelayDecision, RelayPolicy, RelayRequest,
};
use smtpspec::reference::model::{Components, Directory, Identity};

pub(super) use seams::*;
pub(super) use tls::*;

/// A change to the model's parts.
pub(super) type Change = fn(Components) -> Components;

// Stage 1: who is this?

struct Authenticates<F>(Arc<dyn Authenticate>, F);

impl<F> Authenticate for Authenticates<F>
where
    F: Fn(&Proof, Option<Identity>) -> Option<Identity> + Send + Sync,
{
    fn authenticate(&self, proof: &Proof, directory: &Directory) -> Option<Identity> {
        (self.1)(proof, self.0.authenticate(proof, directory))
    }
}

fn authenticating(mut parts: Components, change: fn(&Proof, Option<Identity>) -> Option<Identity>) -> Components {
    parts.authenticate = Arc::new(Authenticates(parts.authenticate, change));
    parts
}

pub(super) fn null_session_is_nobody(parts: Components) -> Components {
    authenticating(parts, |_, identity| identity.filter(|identity| *identity != Identity::NullSession))
}

pub(super) fn any_password_will_do(parts: Components) -> Components {
    authenticating(parts, |proof, identity| {
        identity.or_else(|| Some(Identity::Account(String::from_utf8(proof.user()?).ok()?)))
    })
}

pub(super) fn guest_is_always_enabled(parts: Components) -> Components {
    authenticating(parts, |_, identity| identity.or(Some(Identity::Guest)))
}

pub(super) fn guest_is_never_enabled(parts: Components) -> Components {
    authenticating(parts, |_, identity| identity.filter(|identity| *identity != Identity::Guest))
}

pub(super) fn nobody_authenticates(parts: Components) -> Components {
    authenticating(parts, |_, _| None)
}

// Stage 2: may this identity use the mail service?

struct Everybody(bool);

impl Authorize for Everybody {
    fn may_use_mail(&self, _: &Identity, _: &Directory) -> bool {
        self.0
    }
}

pub(super) fn nobody_is_asked(parts: Components) -> Components {
    Components { authorization: Authorization::Absent, ..parts }
}

pub(super) fn everybody_is_asked_at_once(parts: Components) -> Components {
    Components { authorization: Authorization::AtAuthentication(Arc::new(MailRights)), ..parts }
}

pub(super) fn everybody_is_asked_later(parts: Components) -> Components {
    Components { authorization: Authorization::AfterAuthentication(Arc::new(MailRights)), ..parts }
}

/// The check is there where it has to be, and says yes.
pub(super) fn check_says_yes(mut parts: Components) -> Components {
    parts.authorization = match parts.authorization {
        Authorization::Absent => Authorization::Absent,
        _ => Authorization::AfterAuthentication(Arc::new(Everybody(true))),
    };
    parts
}

/// The check is there where it has to be, and says no.
pub(super) fn check_says_no(mut parts: Components) -> Components {
    parts.authorization = match parts.authorization {
        Authorization::Absent => Authorization::Absent,
        _ => Authorization::AfterAuthentication(Arc::new(Everybody(false))),
    };
    parts
}

// Stage 3: may this connection send to this recipient?

struct Relays(Arc<dyn RelayPolicy>, fn(&RelayRequest<'_>, RelayDecision) -> RelayDecision);

impl RelayPolicy for Relays {
    fn decide(&self, request: &RelayRequest<'_>) -> RelayDecision {
        (self.1)(request, self.0.decide(request))
    }
}

fn relaying(mut parts: Components, change: fn(&RelayRequest<'_>, RelayDecision) -> RelayDecision) -> Components {
    parts.relay_policy = Arc::new(Relays(parts.relay_policy, change));
    parts
}

pub(super) fn nothing_goes_out(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Outside => RelayDecision::Refuse,
        other => other,
    })
}

pub(super) fn nothing_goes_out_for_strangers(parts: Components) -> Components {
    relaying(parts, |request, decision| match decision {
        RelayDecision::Outside if request.authorized.is_none() => RelayDecision::Refuse,
        other => other,
    })
}

pub(super) fn everything_goes_out(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Refuse => RelayDecision::Outside,
        other => other,
    })
}

pub(super) fn switch_is_without_effect(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::AcceptAndReturn => RelayDecision::Outside,
        other => other,
    })
}

pub(super) fn gateway_is_shut(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Inside => RelayDecision::Refuse,
        other => other,
    })
}

/// Own mail is taken for somebody else's.
pub(super) fn own_mail_goes_out(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Inside => RelayDecision::Outside,
        other => other,
    })
}

/// Own mail is taken and never seen again.
pub(super) fn own_mail_is_dropped(parts: Components) -> Components {
    let parts = relaying(parts, |_, decision| match decision {
        RelayDecision::Inside => RelayDecision::AcceptAndReturn,
        other => other,
    });
    nothing_is_returned(parts)
}

/// Whoever may use the mail service gets nothing inside.
pub(super) fn gateway_is_for_strangers(parts: Components) -> Components {
    relaying(parts, |request, decision| match decision {
        RelayDecision::Inside if request.authorized.is_some() => RelayDecision::Refuse,
        other => other,
    })
}

/// What should be refused at RCPT is taken and sent back.
pub(super) fn refused_mail_is_returned(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Refuse => RelayDecision::AcceptAndReturn,
        other => other,
    })
}

pub(super) fn foreign_mail_is_passed_inside(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Outside | RelayDecision::AcceptAndReturn => RelayDecision::Inside,
        other => other,
    })
}

/// The fortieth of many is refused.
pub(super) fn many_are_too_many(parts: Components) -> Components {
    relaying(parts, |request, decision| {
        if request.forward_path.address().starts_with(b"somebody-40@") { RelayDecision::Refuse } else { decision }
    })
}

/// All of many are taken, and the message goes on to all but the fortieth.
pub(super) fn one_of_many_is_left_out(parts: Components) -> Components {
    let parts = relaying(parts, |request, decision| {
        let is_it = request.forward_path.address().starts_with(b"somebody-40@");
        if is_it { RelayDecision::AcceptAndReturn } else { decision }
    });
    nothing_is_returned(parts)
}

/// Every password is right, and nobody is asked anything more.
pub(super) fn nothing_is_checked(parts: Components) -> Components {
    nobody_is_asked(any_password_will_do(parts))
}

/// An unknown name is Guest, and nobody is asked anything more.
pub(super) fn guest_may_do_all(parts: Components) -> Components {
    nobody_is_asked(guest_is_always_enabled(parts))
}

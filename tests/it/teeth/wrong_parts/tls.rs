//! Wrong parts for STARTTLS and what it changes.

use std::sync::Arc;

use smtpspec::protocol::sasl::Mechanism;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::model::Components;
use smtpspec::reference::model::seams::{Channel, ChannelChange, Kept, MechanismChoice};

struct Keeps {
    kept: Kept,
    is_offered_again: bool,
}

impl ChannelChange for Keeps {
    fn keeps(&self) -> Kept {
        self.kept
    }

    fn is_offered(&self, channel: Channel) -> bool {
        channel == Channel::Clear || self.is_offered_again
    }
}

fn keeping(parts: Components, kept: Kept) -> Components {
    Components { channel: Arc::new(Keeps { kept, is_offered_again: false }), ..parts }
}

pub(in crate::teeth) fn introduction_outlives_starttls(parts: Components) -> Components {
    keeping(parts, Kept { introduction: true, ..Kept::default() })
}

pub(in crate::teeth) fn transaction_outlives_starttls(parts: Components) -> Components {
    keeping(parts, Kept { transaction: true, ..Kept::default() })
}

pub(in crate::teeth) fn authentication_outlives_starttls(parts: Components) -> Components {
    keeping(parts, Kept { authentication: true, ..Kept::default() })
}

/// CVE-2011-0411.
pub(in crate::teeth) fn what_is_injected_is_run(parts: Components) -> Components {
    keeping(parts, Kept { octets: true, ..Kept::default() })
}

/// The same, where MAIL is taken: the client introduced itself before.
pub(in crate::teeth) fn what_is_injected_is_run_as_before(parts: Components) -> Components {
    keeping(parts, Kept { octets: true, introduction: true, ..Kept::default() })
}

pub(in crate::teeth) fn starttls_is_listed_again(parts: Components) -> Components {
    Components { channel: Arc::new(Keeps { kept: Kept::default(), is_offered_again: true }), ..parts }
}

struct Chooses {
    right: Arc<dyn MechanismChoice>,
    lists: fn(Channel, bool) -> bool,
    takes: fn(Channel, bool) -> bool,
}

impl MechanismChoice for Chooses {
    fn lists(&self, mechanism: Mechanism, channel: Channel, behaviours: &Behaviours) -> bool {
        (self.lists)(channel, self.right.lists(mechanism, channel, behaviours))
    }

    fn takes(&self, mechanism: Mechanism, channel: Channel, behaviours: &Behaviours) -> bool {
        (self.takes)(channel, self.right.takes(mechanism, channel, behaviours))
    }
}

pub(in crate::teeth) fn passwords_are_listed_in_the_clear(parts: Components) -> Components {
    let right = Arc::clone(&parts.mechanisms);
    Components { mechanisms: Arc::new(Chooses { right, lists: |_, _| true, takes: |_, is_taken| is_taken }), ..parts }
}

pub(in crate::teeth) fn passwords_are_taken_in_the_clear(parts: Components) -> Components {
    let right = Arc::clone(&parts.mechanisms);
    Components { mechanisms: Arc::new(Chooses { right, lists: |_, is_listed| is_listed, takes: |_, _| true }), ..parts }
}

/// Under TLS it lists what it does not take.
pub(in crate::teeth) fn nothing_is_taken_under_tls(parts: Components) -> Components {
    let right = Arc::clone(&parts.mechanisms);
    let takes = |channel, is_taken| channel == Channel::Clear && is_taken;
    Components { mechanisms: Arc::new(Chooses { right, lists: |_, is_listed| is_listed, takes }), ..parts }
}

//! The replies that behaviours are said to need are all that can be given.

use std::sync::Arc;

use proptest::prelude::*;
use smtpspec::protocol::wire::PathLimits;
use smtpspec::reference::deployment::behaviours::{AuthorizationComponent, Behaviours, ChunkingComponent, Strictness};
use smtpspec::reference::deployment::facts::ReplyKey;
use smtpspec::reference::deployment::settings::{Exchange55RoutingSettings, RelaySettings};
use smtpspec::reference::model::{Model, Output, Session};

use super::grammar::session;
use super::product::all_built_in;
use super::support::{HOST, NONCE, NOW, behaviours, connection, directory};

fn any_behaviours() -> impl Strategy<Value = Behaviours> {
    let authorization = prop::sample::select(
        &[
            AuthorizationComponent::Absent,
            AuthorizationComponent::AtAuthentication,
            AuthorizationComponent::AfterAuthentication,
        ][..],
    );
    let chunking = prop::sample::select(
        &[ChunkingComponent::Absent, ChunkingComponent::Sequenced, ChunkingComponent::Unsequenced][..],
    );
    let verbs = prop::sample::subsequence(behaviours().verbs, 0..=20);
    let mechanisms = prop::sample::subsequence(behaviours().mechanisms, 0..=4);
    (authorization, chunking, verbs, mechanisms, any::<[bool; 18]>(), any::<u32>()).prop_map(
        |(authorization, chunking, verbs, mechanisms, flags, relay_flags)| {
            let all = behaviours();
            // Mostly whole servers, so that sessions get far.
            let verbs = if flags[13] { verbs } else { all.verbs.clone() };
            let mut behaviours = Behaviours { authorization, chunking, verbs, mechanisms, ..all };
            behaviours.strictness = Strictness {
                helo_needs_argument: flags[0],
                mail_needs_helo: flags[1],
                second_ehlo_refused: flags[2],
                appends_default_domain: flags[3],
                authenticates_inside_transaction: flags[4],
                authenticates_before_helo: flags[5],
                bare_recipient_refused: flags[6],
                confirms_size: flags[7],
                unexpected_arguments_refused: flags[15],
                repeated_parameters_refused: flags[16],
                malformed_mailboxes_refused: flags[17],
            };
            behaviours.limits.paths = flags[14].then(PathLimits::standard);
            behaviours.certificate = flags[8];
            behaviours.settings.anonymous_access = flags[9];
            behaviours.settings.relay = match (flags[10], flags[11]) {
                (true, _) => RelaySettings::Exchange55(Exchange55RoutingSettings {
                    reroute: flags[11],
                    relay_flags: relay_flags % 16,
                    deny_list: Vec::new(),
                    allow_list: Vec::new(),
                    local_list: Vec::new(),
                    override_domains: Vec::new(),
                    homed_only: flags[12],
                    account_matches_address: flags[3],
                }),
                (false, true) => RelaySettings::Exchange50 { reroute: flags[12] },
                (false, false) => behaviours.settings.relay,
            };
            if flags[12] {
                behaviours.verbs_wanting_tls = vec!["RCPT".into()];
            }
            let needed = behaviours.needed_replies();
            behaviours.facts.replies.retain(|key, _| needed.contains(key));
            behaviours
        },
    )
}

/// The facts behind everything that was said.
fn spoken(behaviours: &Behaviours, octets: &[u8]) -> Vec<String> {
    let model = Model::new(Arc::new(behaviours.clone()), Arc::new(directory()), HOST);
    let mut session = Session::open(Arc::new(model), connection(), NOW);
    session.receive(octets, NOW);
    let mut spoken = Vec::new();
    while let Some(output) = session.poll() {
        match output {
            Output::Reply { facts, .. } => spoken.extend(facts.into_iter().map(|fact| fact.fact)),
            Output::NeedNonce => session.nonce(NONCE, NOW),
            Output::BeginTls => session.tls_established(),
            Output::Transmit { .. } | Output::Close | Output::ServiceFails => {}
        }
    }
    spoken
}

proptest! {
    #[test]
    fn the_products_word_all_that_they_say(behaviours in prop::sample::select(all_built_in()), octets in session()) {
        for fact in spoken(&behaviours, &octets) {
            prop_assert!(!fact.starts_with("missing/"), "{fact}");
        }
    }

    #[test]
    fn nothing_is_said_that_is_not_needed(behaviours in any_behaviours(), octets in session()) {
        for fact in spoken(&behaviours, &octets) {
            prop_assert!(!fact.starts_with("missing/"), "{fact}");
        }
    }
}

#[test]
fn a_lacking_reply_is_a_local_error_and_shown_as_chosen() {
    let mut lacking = behaviours();
    lacking.facts.replies.remove(&ReplyKey::NoopOk);
    assert_eq!(spoken(&lacking, b"NOOP\r\n"), ["test/greeting", "missing/noop.ok"]);
}

//! A target that lies at one reply is found at exactly that reply.

use std::sync::Arc;

use proptest::prelude::*;
use smtpspec::harness::BenchOptions;
use smtpspec::harness::bench::Companion;
use smtpspec::judge::{Compared, Comparison, Role, Weight};
use smtpspec::protocol::transcript::{Content, Entry, PartsIn};
use smtpspec::reference::deployment::catalogue::Catalogue;
use smtpspec::reference::deployment::facts::ReplyKey;
use smtpspec::reference::model::seams::Wording;
use smtpspec::reference::model::{Components, SpokenLine};

use super::evidence_beside;

/// What a liar says where it lies, so that the place can be found by whoever reads the transcript.
const WORD: &str = "smtpspec-lie";

/// Says another code in place of one reply's.
#[derive(Clone, Copy)]
struct Lie {
    at: ReplyKey,
    code: u16,
}

impl Wording for Lie {
    fn say(&self, key: ReplyKey, mut lines: Vec<SpokenLine>) -> Vec<SpokenLine> {
        if key == self.at {
            lines.truncate(1);
            for line in &mut lines {
                line.text = format!("{} {WORD}", self.code).into_bytes();
            }
        }
        lines
    }
}

/// `windows-2000` with a lie in it beside the honest one: what came of each role's mail.
fn beside_the_truth(lie: Lie) -> Vec<Comparison> {
    let catalogue = Catalogue::built_in().unwrap();
    let deployment = catalogue.get("windows-2000").unwrap();
    let behaviours = deployment.listeners[0].behaviours.clone().unwrap();
    let lying = move |parts: Components| Components { wording: Arc::new(lie), ..parts };
    let options = BenchOptions { change_components: Some(Arc::new(lying)), ..BenchOptions::default() };
    let companion = Companion::new("the truth", deployment.host.name.clone(), behaviours);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(evidence_beside(options, companion, deployment))
}

/// The first entry of the target's transcript that has the lie in it, counted here from the turns.
fn place_of_the_lie(comparison: &Comparison) -> Option<usize> {
    let entries = comparison.turns.iter().flat_map(|turn| turn.said.iter().chain(&turn.target));
    let lies = |entry: &Entry| match &entry.content {
        Content::Line { bytes, .. } => String::from_utf8_lossy(bytes).contains(WORD),
        _ => false,
    };
    entries.into_iter().position(lies)
}

/// Replies that every role hears once at the most, with the code that the record has for each.
const REPLIES: [(ReplyKey, u16); 4] = [
    (ReplyKey::Greeting, 220),
    (ReplyKey::MailOk, 250),
    (ReplyKey::RcptRelayRefused, 550),
    (ReplyKey::DataAccepted, 250),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_lie_is_found_at_exactly_its_reply((at, truth) in prop::sample::select(REPLIES.to_vec()), code in 200_u16..600) {
        let comparisons = beside_the_truth(Lie { at, code });
        let mut heard = 0;
        for comparison in &comparisons {
            let Some(entry) = place_of_the_lie(comparison) else {
                // Who never heard the lie heard the truth.
                prop_assert_eq!(comparison.weight, Weight::Same, "{:#?}", comparison);
                continue;
            };
            heard += 1;
            let Some(first) = comparison.partings.first() else {
                prop_assert!(false, "a lie was not found: {:#?}", comparison);
                continue;
            };
            let parts_in = match (code == truth, code / 100 == truth / 100) {
                // What is left of the truth: another text, without its enhanced code or its keywords.
                (true, _) => [PartsIn::Text, PartsIn::EnhancedCode, PartsIn::Keywords].to_vec(),
                (false, true) => vec![PartsIn::Code],
                (false, false) => vec![PartsIn::Class],
            };
            prop_assert_eq!(first.entry, entry, "{:#?}", comparison);
            prop_assert!(parts_in.contains(&first.parts_in), "{:?}: {:?}", first, parts_in);
        }
        prop_assert!(heard > 0, "nobody heard the lie");
    }
}

/// RFC 5321 3.3: after a 5yz to MAIL there is no mail transaction. To the authorized account that is another outcome; AUTH
/// is answered the same.
#[test]
fn a_refusal_where_the_model_relays_matters() {
    let comparisons = beside_the_truth(Lie { at: ReplyKey::MailOk, code: 550 });
    let is_authorized =
        |comparison: &&Comparison| matches!(comparison.of, Compared::Attempt { role: Role::AuthorizedAccount, .. });
    let authorized = comparisons.iter().find(is_authorized).unwrap();
    assert_eq!(authorized.weight, Weight::Outcome, "{authorized:#?}");
    let both = authorized.answers.as_ref().unwrap();
    assert_eq!(both.target.authentication, both.model.authentication);
}

/// A 250 to RCPT in place of the 550, and DATA refused behind it (RFC 5321 3.3: 554, no valid recipients): codes differ, and
/// the mail is refused on both sides.
#[test]
fn a_refusal_at_another_command_does_not_matter() {
    let comparisons = beside_the_truth(Lie { at: ReplyKey::RcptRelayRefused, code: 250 });
    let lied_to = comparisons.iter().filter(|comparison| place_of_the_lie(comparison).is_some());
    let weights: Vec<Weight> = lied_to.map(|comparison| comparison.weight).collect();
    assert!(!weights.is_empty());
    assert!(weights.iter().all(|weight| *weight == Weight::Codes), "{weights:?}");
}

//! A target that lies at one reply is found at exactly that reply.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use smtpspec::harness::bench::Companion;
use smtpspec::harness::{Bench, BenchOptions};
use smtpspec::judge::{Compared, Comparison, Role, RunEvent, Weight};
use smtpspec::protocol::transcript::{Content, Entry, PartsIn};
use smtpspec::reference::deployment::catalogue::Catalogue;
use smtpspec::reference::deployment::facts::ReplyKey;
use smtpspec::reference::model::seams::Wording;
use smtpspec::reference::model::{Components, SpokenLine};

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
    let events: Arc<Mutex<Vec<RunEvent>>> = Arc::default();
    let keeping = Arc::clone(&events);
    let lying = move |parts: Components| Components { wording: Arc::new(lie), ..parts };
    let options = BenchOptions {
        change_components: Some(Arc::new(lying)),
        beside: Some(Arc::new(Companion::new("the truth", deployment.host.name.clone(), behaviours))),
        ..BenchOptions::default()
    };
    let bench = Bench::new(options, Arc::new(move |event| keeping.lock().unwrap().push(event)));
    let name = bench.add_deployment(deployment).remove(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(bench.evidence(&name, &Role::MATRIX));
    let events = std::mem::take(&mut *events.lock().unwrap());
    let compared = |event| match event {
        RunEvent::Compared { target: _, comparison } => Some(*comparison),
        _ => None,
    };
    events.into_iter().filter_map(compared).collect()
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
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

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

/// RFC 5321 4.2.5: a 250 to RCPT, and a 550 to it. The role that it happens to is told with what it comes to.
#[test]
fn a_relay_where_the_model_refuses_matters() {
    let comparisons = beside_the_truth(Lie { at: ReplyKey::RcptRelayRefused, code: 250 });
    let anonymous: Vec<&Comparison> = comparisons
        .iter()
        .filter(|comparison| matches!(comparison.of, Compared::Attempt { role: Role::Anonymous, .. }))
        .filter(|comparison| place_of_the_lie(comparison).is_some())
        .collect();
    assert!(!anonymous.is_empty());
    for comparison in anonymous {
        assert!(comparison.weight.matters(), "{comparison:#?}");
    }
}

use std::time::Duration;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::protocol::transcript::Rule;

/// A transcript of lines that begin with `C: ` or `S: `; `--` is the end of the connection, `..` silence.
fn transcript(lines: &[&str]) -> Transcript {
    let mut transcript = Transcript::new();
    for line in lines {
        match line.split_once(": ") {
            Some(("C", text)) => transcript.line(Side::Client, Duration::ZERO, text),
            Some((_, text)) => transcript.line(Side::Server, Duration::ZERO, text),
            None if *line == "--" => transcript.happened(Side::Server, Duration::ZERO, Happening::Closed),
            None => {
                let after = Duration::from_secs(30);
                transcript.happened(Side::Server, Duration::ZERO, Happening::TimedOut { after });
            }
        }
    }
    transcript
}

fn compared(target: &[&str], model: &[&str]) -> Vec<Parting> {
    let none = Normaliser::default();
    partings(&turns(&transcript(target), &transcript(model)), &none, &none)
}

/// RFC 5321 4.2 for codes and their first digits, RFC 3463 2 for enhanced codes, RFC 5321 4.1.1.1 for keywords.
#[rstest]
#[case::nothing("250 ok", "250 ok", None)]
#[case::words("250 ok", "250 fine", Some(PartsIn::Text))]
#[case::enhanced("550 5.7.1 no", "550 5.1.2 no", Some(PartsIn::EnhancedCode))]
#[case::enhanced_missing("550 5.7.1 no", "550 no", Some(PartsIn::EnhancedCode))]
#[case::code("550 no", "554 no", Some(PartsIn::Code))]
#[case::code_and_enhanced("550 5.7.1 no", "554 5.1.2 no", Some(PartsIn::Code))]
#[case::class("250 ok", "550 no", Some(PartsIn::Class))]
#[case::temporary("454 4.7.1 no", "554 5.7.1 no", Some(PartsIn::Class))]
fn replies_part_in_the_heaviest_that_differs(
    #[case] target: &str,
    #[case] model: &str,
    #[case] expected: Option<PartsIn>,
) {
    let of = |reply: &str| vec!["S: 220 a".to_owned(), "C: NOOP".to_owned(), format!("S: {reply}")];
    let (target, model) = (of(target), of(model));
    let lines = |all: &[String]| -> Vec<Parting> {
        compared(
            &all.iter().map(String::as_str).collect::<Vec<_>>(),
            &model.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    };
    let expected: Vec<Parting> = expected.into_iter().map(|parts_in| Parting { turn: 1, entry: 2, parts_in }).collect();
    assert_eq!(lines(&target), expected);
}

#[rstest]
#[case::keywords(&["S: 220 a", "C: EHLO c", "S: 250-a", "S: 250 SIZE"], &["S: 220 a", "C: EHLO c", "S: 250 a"], 2, PartsIn::Keywords)]
#[case::one_is_silent(&["S: 220 a", "C: NOOP", "S: 250 ok"], &["S: 220 a", "C: NOOP"], 2, PartsIn::Silence)]
#[case::the_other_is_silent(&["S: 220 a", "C: NOOP", ".."], &["S: 220 a", "C: NOOP", "S: 250 ok"], 2, PartsIn::Silence)]
#[case::one_ends_it(&["S: 220 a", "C: NOOP", "--"], &["S: 220 a", "C: NOOP", "S: 250 ok"], 2, PartsIn::Silence)]
#[case::one_more_reply(&["S: 220 a", "C: X", "S: 250 a", "S: 421 b"], &["S: 220 a", "C: X", "S: 250 a"], 3, PartsIn::Silence)]
#[case::second_of_two(&["S: 220 a", "C: X", "S: 250 a", "S: 334 b"], &["S: 220 a", "C: X", "S: 250 a", "S: 503 b"], 3, PartsIn::Class)]
fn they_part_where_they_do(
    #[case] target: &[&str],
    #[case] model: &[&str],
    #[case] entry: usize,
    #[case] parts_in: PartsIn,
) {
    assert_eq!(compared(target, model), [Parting { turn: 1, entry, parts_in }]);
}

#[rstest]
#[case::silence_however_waited_for(&["S: 220 a", "C: NOOP", ".."], &["S: 220 a", "C: NOOP"])]
#[case::both_end_it(&["S: 220 a", "C: QUIT", "S: 221 b", "--"], &["S: 220 a", "C: QUIT", "S: 221 b", "--"])]
#[case::empty(&[], &[])]
fn what_is_the_same_parts_nowhere(#[case] target: &[&str], #[case] model: &[&str]) {
    assert_eq!(compared(target, model), []);
}

#[test]
fn each_side_has_its_own_names() {
    let [target, model] = [("a.example", "192.0.2.1"), ("b.example", "192.0.2.2")].map(|(host, client)| {
        let literal = |text: &str, placeholder: &str| Rule::Literal {
            text: text.to_owned(),
            placeholder: placeholder.to_owned(),
        };
        let lines = [format!("S: 220 {host} ready"), "C: HELO c".to_owned(), format!("S: 250 {host} Hello [{client}]")];
        let said = transcript(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        (said, Normaliser { rules: vec![literal(host, "{host}"), literal(client, "{client}")] })
    });
    let turns = turns(&target.0, &model.0);
    assert_eq!(partings(&turns, &target.1, &model.1), []);
    // The wrong names leave both lines different.
    assert_eq!(partings(&turns, &model.1, &target.1).len(), 2);
    assert_eq!(partings(&turns, &target.1, &Normaliser::default()).len(), 2);
}

fn reply() -> impl Strategy<Value = (u16, String)> {
    (200_u16..600, "[a-z]{1,8}")
}

fn dialogue() -> impl Strategy<Value = Vec<(u16, String)>> {
    proptest::collection::vec(reply(), 1..12)
}

fn said(replies: &[(u16, String)]) -> Transcript {
    let mut transcript = Transcript::new();
    for (number, (code, text)) in replies.iter().enumerate() {
        if number > 0 {
            transcript.line(Side::Client, Duration::ZERO, format!("NOOP {number}"));
        }
        transcript.line(Side::Server, Duration::ZERO, format!("{code} {text}"));
    }
    transcript
}

proptest! {
    #[test]
    fn a_dialogue_beside_itself_parts_nowhere(replies in dialogue()) {
        let none = Normaliser::default();
        prop_assert_eq!(partings(&turns(&said(&replies), &said(&replies)), &none, &none), []);
    }

    /// One reply changed by hand is found, at exactly that reply and in exactly what was changed.
    #[test]
    fn one_lie_is_found_where_it_is(replies in dialogue(), place in any::<prop::sample::Index>(), to in reply()) {
        let place = place.index(replies.len());
        prop_assume!(replies[place] != to);
        let mut lying = replies.clone();
        lying[place] = to;
        let [(code, text), (lie, lied)] = [&replies[place], &lying[place]];
        let parts_in = match (code == lie, code / 100 == lie / 100, text == lied) {
            (true, _, _) => PartsIn::Text,
            (false, true, _) => PartsIn::Code,
            (false, false, _) => PartsIn::Class,
        };
        let none = Normaliser::default();
        let found = partings(&turns(&said(&lying), &said(&replies)), &none, &none);
        // The greeting is entry 0; each further turn has the client's line and a reply.
        prop_assert_eq!(found, [Parting { turn: place, entry: 2 * place, parts_in }]);
    }

    /// A line that is dropped on one side is missed there.
    #[test]
    fn a_dropped_reply_is_missed(replies in dialogue(), place in any::<prop::sample::Index>()) {
        let place = place.index(replies.len());
        let whole = said(&replies);
        let mut short = whole.clone();
        short.entries.remove(2 * place);
        prop_assume!(place > 0 || replies.len() > 1);
        let none = Normaliser::default();
        let found = partings(&turns(&whole, &short), &none, &none);
        prop_assert!(found.iter().any(|parting| parting.turn == place && parting.parts_in == PartsIn::Silence) , "{:?}", found);
    }
}

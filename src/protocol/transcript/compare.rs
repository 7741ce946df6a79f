//! Where two transcripts part.

use super::Transcript;

/// The first entry in which two transcripts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its index, from 0. Where one transcript is the beginning of the other: the index of the first entry it lacks.
    pub index: usize,
}

/// Compares who said what, not times and not marks. `None`: equal.
pub fn first_difference(one: &Transcript, other: &Transcript) -> Option<Difference> {
    let said = one.entries.iter().zip(&other.entries);
    let common = said.take_while(|(a, b)| a.side == b.side && a.content == b.content).count();
    let same = common == one.entries.len() && common == other.entries.len();
    (!same).then_some(Difference { index: common })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;
    use crate::protocol::transcript::{FactMark, Side};

    fn transcript(lines: &[(Side, &str)]) -> Transcript {
        let mut transcript = Transcript::new();
        for (side, line) in lines {
            transcript.line(*side, Duration::ZERO, *line);
        }
        transcript
    }

    #[rstest]
    #[case(&[], &[], None)]
    #[case(&[(Side::Server, "220 a")], &[(Side::Server, "220 a")], None)]
    #[case(&[(Side::Server, "220 a")], &[(Side::Server, "220 b")], Some(0))]
    #[case(&[(Side::Server, "a")], &[(Side::Client, "a")], Some(0))]
    #[case(&[(Side::Server, "a"), (Side::Client, "b")], &[(Side::Server, "a")], Some(1))]
    #[case(&[], &[(Side::Server, "a")], Some(0))]
    fn finds_where_they_part(
        #[case] one: &[(Side, &str)],
        #[case] other: &[(Side, &str)],
        #[case] index: Option<usize>,
    ) {
        let expected = index.map(|index| Difference { index });
        assert_eq!(first_difference(&transcript(one), &transcript(other)), expected);
        assert_eq!(first_difference(&transcript(other), &transcript(one)), expected);
    }

    #[test]
    fn looks_at_neither_times_nor_marks() {
        let one = transcript(&[(Side::Server, "220 a")]);
        let mut other = one.clone();
        for entry in &mut other.entries {
            entry.at = Duration::from_secs(5);
            entry.mark = Some(FactMark { fact: "a/greeting".to_owned(), chosen: true });
        }
        assert_eq!(first_difference(&one, &other), None);
    }
}

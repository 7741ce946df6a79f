//! A target beside the model, in words.

use super::describe;
use crate::judge::{
    Answers, BothAnswers, CaseId, Compared, Comparison, Destination, Fate, Stage, Weight, is_same_answer, is_same_fate,
};
use crate::protocol::transcript::PartsIn;

/// Which dialogue it is: `null session`, `anonymous, to the local recipient`, or the case's id.
pub(super) fn title(comparison: &Comparison) -> String {
    match &comparison.of {
        Compared::Attempt { order: _, role, sender_of, destination } => {
            let mut title = describe::role(*role).to_owned();
            if sender_of != role {
                title.push_str(&format!(" with the sender of the {}", describe::role(*sender_of)));
            }
            if *destination == Destination::Local {
                title.push_str(", to the local recipient");
            }
            title
        }
        Compared::Dialogue { case: CaseId(id) } => id.clone(),
    }
}

/// Whether a difference matters, and why.
pub(super) fn sentence(comparison: &Comparison) -> String {
    match (comparison.weight, &comparison.answers) {
        (Weight::Same, _) => "no: there is no difference".to_owned(),
        (Weight::Wording, _) => "no: they differ in words alone".to_owned(),
        (Weight::Codes, Some(_)) => "no: AUTH and the mail come to the same".to_owned(),
        (Weight::Codes, None) => "no: the codes begin with the same digit".to_owned(),
        (Weight::Outcome, Some(BothAnswers { target, model })) => {
            format!("yes: {}", differing(target, model).join("; "))
        }
        (Weight::Outcome, None) => "yes: one of them takes what the other refuses, or says nothing".to_owned(),
    }
}

/// What of the answers differs, a clause each.
fn differing(target: &Answers, model: &Answers) -> Vec<String> {
    let mut clauses = Vec::new();
    if !is_same_answer(&target.authentication, &model.authentication) {
        let [one, other] = [target, model].map(|side| describe::authentication(&side.authentication));
        clauses.push(format!("AUTH {one}; beside it {other}"));
    }
    if !is_same_fate(&target.fate, &model.fate) {
        let (one, other) = (describe::fate(&target.fate), became(&model.fate));
        clauses.push(format!("mail {one}; beside it {other}"));
    }
    clauses
}

/// What became of mail beside the target, which may have ended the dialogue before the model did.
fn became(fate: &Fate) -> String {
    match fate {
        Fate::AcceptedUnproven { at } if *at < Stage::EndOfData => {
            format!("taken at {}, where the dialogue ended", describe::stage(*at))
        }
        fate => describe::fate(fate),
    }
}

/// In what two answers part.
pub(super) const fn parts_in(parts_in: PartsIn) -> &'static str {
    match parts_in {
        PartsIn::Text => "words",
        PartsIn::Keywords => "what EHLO lists",
        PartsIn::EnhancedCode => "the enhanced status code",
        PartsIn::Code => "the reply code",
        PartsIn::Class => "the first digit of the reply code",
        PartsIn::Silence => "that one of them says nothing",
    }
}

/// What was taken for the same, by which name: `{host} (mail.inside.example), {date}`.
pub(super) fn substitutions(comparison: &Comparison) -> String {
    let mut named = Vec::new();
    for substitution in &comparison.substitutions {
        let (target, model) = (&substitution.target, &substitution.model);
        named.push(match (target.is_empty(), target == model) {
            (true, true) => substitution.placeholder.clone(),
            (_, true) => format!("{} ({target})", substitution.placeholder),
            (true, false) => format!("{} (the model's: {model})", substitution.placeholder),
            (false, false) => format!("{} ({target}; the model's: {model})", substitution.placeholder),
        });
    }
    named.join(", ")
}

/// How many dialogues came to what, the heaviest first: `3 come to something else, 20 are the same`.
pub(super) fn counted<'a>(comparisons: impl Iterator<Item = &'a Comparison> + Clone) -> String {
    let words = [
        (Weight::Outcome, "comes to something else", "come to something else"),
        (Weight::Codes, "differs in codes and comes to the same", "differ in codes and come to the same"),
        (Weight::Wording, "differs in words alone", "differ in words alone"),
        (Weight::Same, "is the same", "are the same"),
    ];
    let mut counts = Vec::new();
    for (weight, one, several) in words {
        match comparisons.clone().filter(|comparison| comparison.weight == weight).count() {
            0 => {}
            1 => counts.push(format!("1 {one}")),
            count => counts.push(format!("{count} {several}")),
        }
    }
    counts.join(", ")
}

//! The order of steps: each finds what it is about, since an earlier one brought it about.

use std::collections::BTreeSet;

use cucumber::gherkin::Step;

use crate::diagnostic::Diagnostic;
use crate::feature::steps::keyword;
use crate::feature::text::FeatureText;
use crate::feature::vocabulary::form_of;

/// What one step leaves for those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    /// Whom the case is about.
    Target,
    /// The target is a deployment.
    Deployment,
    /// A connection, or that there is none.
    Connection,
    /// What came back.
    Reply,
    /// A role authenticated on the connection.
    SignedIn,
    /// A message on the connection, or a part of one.
    Message,
    /// A chunk, and what came back.
    Chunk,
    /// TLS, begun with a command behind STARTTLS.
    Injected,
    /// Mail of a role.
    Mail,
    /// Mail of every role.
    MailOfAll,
    /// A message by MAPI.
    ByMapi,
    Advice,
    /// A deployment file that a case made up.
    MadeUpFile,
}

impl Left {
    /// Why a step that needs it cannot stand where it is not.
    const fn is_missing(self) -> &'static str {
        match self {
            Self::Target => "no step before it says what is judged",
            Self::Deployment => "it is about a deployment, and no step before it names one",
            Self::Connection => "the client does not connect before it",
            Self::Reply => "the client says nothing before it on this connection",
            Self::SignedIn => "nobody authenticates before it",
            Self::Message => "the client sends no message before it",
            Self::Chunk => "the client sends no chunk before it",
            Self::Injected => "the client puts nothing behind STARTTLS before it",
            Self::Mail => "no role sends mail before it",
            Self::MailOfAll => "no step before it has every role send mail",
            Self::ByMapi => "no MAPI client submits anything before it",
            Self::Advice => "no advice is asked for before it",
            Self::MadeUpFile => "no step before it makes up a file",
        }
    }

    /// A step that leaves it.
    const fn example(self) -> &'static str {
        match self {
            Self::Target => "Given the mail server",
            Self::Deployment => "Given the deployment windows-2000",
            Self::Connection => "When the client connects",
            Self::Reply => "When the client says \"EHLO client.example\"",
            Self::SignedIn => "When the null session signs in",
            Self::Message => "When the client sends its message",
            Self::Chunk => "When the client sends the chunk \"BDAT 4\" and \"NOOP\" behind it in one write",
            Self::Injected => "When the client begins TLS with \"NOOP\" behind STARTTLS in one write",
            Self::Mail => "When the null session sends mail to the remote recipient",
            Self::MailOfAll => "When every role sends mail to the remote recipient",
            Self::ByMapi => "When a MAPI client submits a message for the remote recipient",
            Self::Advice => "When advice is asked for",
            Self::MadeUpFile => "Given a deployment file that puts exchange-5.0 on windows-2000",
        }
    }
}

/// What a step does to the things that others need.
struct Effect {
    /// One of these has to be there.
    needs: &'static [Left],
    /// These are gone behind it.
    ends: &'static [Left],
    /// These are there behind it.
    leaves: &'static [Left],
}

/// What goes with a connection.
const DIALOGUE: &[Left] = &[Left::Connection, Left::Reply, Left::SignedIn];

/// What a case has of a target, so that it is gone with it.
const OF_TARGET: &[Left] = &[
    Left::Deployment,
    Left::Connection,
    Left::Reply,
    Left::SignedIn,
    Left::Message,
    Left::Chunk,
    Left::Injected,
    Left::Mail,
    Left::MailOfAll,
    Left::ByMapi,
    Left::Advice,
];

const fn effect(needs: &'static [Left], ends: &'static [Left], leaves: &'static [Left]) -> Option<Effect> {
    Some(Effect { needs, ends, leaves })
}

/// By the form of the step; `None` for a form that nobody has put down here.
fn effect_of(form: &str) -> Option<Effect> {
    match form {
        "the mail server" => effect(&[], OF_TARGET, &[Left::Target]),
        "the deployment {deployment}" => effect(&[], OF_TARGET, &[Left::Target, Left::Deployment]),
        "a deployment file that puts {product} on {system}"
        | "a deployment file that sets {string} of {product} to {string}" => effect(&[], &[], &[Left::MadeUpFile]),
        "the file is refused with {string}" => effect(&[Left::MadeUpFile], &[Left::MadeUpFile], &[]),
        "the client connects" => effect(&[Left::Target], &[], &[Left::Connection]),
        "a connection of {role}" | "{role} signs in" => effect(&[Left::Target], &[], DIALOGUE),
        "the server offers {keyword}"
        | "the client says {string}"
        | "the client names its sender"
        | "the client names the {destination} recipient"
        | "the client opens a mail transaction to the {destination} recipient"
        | "the server still answers" => effect(&[Left::Target], &[], &[Left::Connection, Left::Reply]),
        "the client sends its message" => effect(&[Left::Connection], &[], &[Left::Reply, Left::Message]),
        "the client sends the chunk {string} and {string} behind it in one write" => {
            effect(&[Left::Connection], &[], &[Left::Reply, Left::Chunk, Left::Message])
        }
        "the client begins TLS" => effect(&[Left::Target], &[Left::Reply], &[Left::Connection]),
        "the client begins TLS with {string} behind STARTTLS in one write" => {
            effect(&[Left::Target], &[Left::Reply], &[Left::Connection, Left::Injected])
        }
        "the client signs in as {role}" => effect(&[Left::Target], &[], DIALOGUE),
        "nothing of it is run under TLS" => effect(&[Left::Injected], &[], &[]),
        "a mechanism listed there is taken" => effect(&[Left::SignedIn], &[], &[]),
        "the greeting has the code {code}" | "the server closes the connection" => {
            effect(&[Left::Connection], &[], &[])
        }
        "the service fails"
        | "the chunk is accepted"
        | "the command behind it is run"
        | "the command behind it is refused" => effect(&[Left::Chunk], &[], &[]),
        "the message is delivered inside" => effect(&[Left::Message], &[], &[]),
        "the reply has the code {code}"
        | "the reply does not list {keyword}"
        | "no mechanism that shows the password is listed"
        | "it is not introduced any more"
        | "it is served as an anonymous client is"
        | "the server refuses" => effect(&[Left::Reply], &[], &[]),
        "AUTH is {authentication}" | "AUTH is answered with the code {code}" => {
            effect(&[Left::SignedIn, Left::Mail], &[], &[])
        }
        "{role} sends mail to the {destination} recipient"
        | "{role} sends mail to {string}"
        | "{role} sends mail from {string} to the {destination} recipient"
        | "{role} sends one message to {count} remote recipients" => effect(&[Left::Target], DIALOGUE, &[Left::Mail]),
        "every role sends mail to the {destination} recipient" => {
            effect(&[Left::Target], &[Left::Connection, Left::Reply, Left::SignedIn, Left::Mail], &[Left::MailOfAll])
        }
        "a MAPI client submits a message for the remote recipient" => effect(&[Left::Target], &[], &[Left::ByMapi]),
        "the message goes out" => effect(&[Left::ByMapi], &[], &[]),
        "it comes to the same for every role" => effect(&[Left::MailOfAll], &[], &[]),
        "the mail is {fate}"
        | "the mail is refused at the end of its data with the code {code}"
        | "nothing answers"
        | "its mail goes no further than an anonymous client's"
        | "its mail goes no further than anybody's may"
        | "the authorized account is served"
        | "the mail for the local recipient is taken"
        | "its newest trace header names the server"
        | "every recipient is accepted"
        | "the message is relayed to every recipient" => effect(&[Left::Mail], &[], &[]),
        "no other service listens there" => effect(&[Left::Deployment], &[], &[]),
        "advice is asked for" | "advice of {date} is asked for" => effect(&[Left::Deployment], &[], &[Left::Advice]),
        "it is {affected} by {bulletin}"
        | "the advice is to install {patch}"
        | "the advice names the setting {string}"
        | "the advice says {string}"
        | "nothing is advised"
        | "nothing else is advised"
        | "{article} is not advised"
        | "{article} is advised for {bulletin} only"
        | "one patch is advised for both" => effect(&[Left::Advice], &[], &[]),
        _ => None,
    }
}

/// The first step of a case that cannot stand where it stands. What is behind it may only follow from that.
pub(in crate::feature) fn order<'s>(source: &FeatureText, steps: &'s [Step]) -> Option<(&'s Step, Diagnostic)> {
    let mut there: BTreeSet<Left> = BTreeSet::new();
    for step in steps {
        let Some(effect) = form_of(keyword(step), &step.value).and_then(|form| effect_of(form.form)) else { continue };
        if let Some(first) = effect.needs.first()
            && !effect.needs.iter().any(|need| there.contains(need))
        {
            let error = Diagnostic::error("this step cannot stand here")
                .at(source.word(step.position.line, &step.value))
                .label(first.is_missing())
                .remedy(format!("write a step before it as in: {}", first.example()));
            return Some((step, error));
        }
        there.retain(|left| !effect.ends.contains(left));
        there.extend(effect.leaves);
    }
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::feature::Suite;
    use crate::feature::vocabulary::forms;
    use crate::reference::deployment::catalogue::Catalogue;

    fn wrong(steps: &str) -> Vec<String> {
        let text = format!("Feature: F\n@id:x\nScenario: S\n{steps}");
        let catalogue = Catalogue::built_in().unwrap();
        let loaded = Suite::load([FeatureText::new("own.feature", &text)], &catalogue);
        loaded.err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_form_is_put_down() {
        for form in forms() {
            assert!(effect_of(form.form).is_some(), "{}", form.form);
            assert_eq!(form_of(form.keyword, form.example), Some(form), "{}", form.example);
        }
    }

    /// The step that a remedy names leaves what is missing.
    #[test]
    fn every_example_leaves_what_it_is_for() {
        for left in OF_TARGET.iter().chain(&[Left::Target, Left::MadeUpFile]) {
            let (word, sentence) = left.example().split_once(' ').unwrap();
            let form = forms().find(|form| form_of(form.keyword, sentence) == Some(*form)).unwrap();
            assert_eq!(form.keyword.to_string(), word);
            assert!(effect_of(form.form).unwrap().leaves.contains(left), "{sentence}");
        }
    }

    // What a step needs is read off what it does at run time, where it says the same: see `StepError::Misplaced`.
    #[rstest]
    #[case::reply(
        "Given the mail server\nThen the server refuses\n",
        "5:6: error: this step cannot stand here: the client says nothing"
    )]
    #[case::reply_to_nothing_said(
        "Given the mail server\nWhen the client connects\nThen the reply has the code 220\n",
        "6:6: error: this step cannot stand here: the client says nothing"
    )]
    #[case::connection(
        "Given the mail server\nThen the greeting has the code 220\n",
        "5:6: error: this step cannot stand here: the client does not connect"
    )]
    #[case::mail(
        "Given the mail server\nThen the mail is relayed\n",
        "5:6: error: this step cannot stand here: no role sends mail"
    )]
    #[case::mail_of_all(
        "Given the mail server\nWhen the null session sends mail to the remote recipient\nThen it comes to the same for every role\n",
        "6:6: error: this step cannot stand here: no step before it has every role"
    )]
    #[case::dialogue_that_is_over(
        "Given the mail server\nWhen the client says \"NOOP\"\nAnd the null session sends mail to the remote recipient\nThen the server refuses\n",
        "7:6: error: this step cannot stand here: the client says nothing"
    )]
    #[case::mail_to_another(
        "Given the deployment windows-2000\nWhen the null session sends mail to the remote recipient\nGiven the deployment reference\nThen the mail is relayed\n",
        "7:6: error: this step cannot stand here: no role sends mail"
    )]
    #[case::nobody(
        "When the client connects\nGiven the mail server\nThen the server refuses\n",
        "4:6: error: this step cannot stand here: no step before it says"
    )]
    #[case::no_deployment(
        "Given the mail server\nWhen advice is asked for\nThen nothing is advised\n",
        "5:6: error: this step cannot stand here: it is about a deployment"
    )]
    #[case::advice(
        "Given the deployment reference\nThen nothing is advised\n",
        "5:6: error: this step cannot stand here: no advice"
    )]
    #[case::file_twice(
        "Given a deployment file that puts exchange-5.0 on windows-2000\nThen the file is refused with \"x\"\nAnd the file is refused with \"x\"\n",
        "6:5: error: this step cannot stand here: no step before it makes up"
    )]
    fn a_misplaced_step_is_told_with_its_place(#[case] steps: &str, #[case] expected: &str) {
        let wrong = wrong(steps);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].starts_with(&format!("own.feature:{expected}")), "{}", wrong[0]);
    }

    #[rstest]
    #[case::by_mail(
        "Given the mail server\nWhen the null session sends mail to the remote recipient\nThen AUTH is accepted\n"
    )]
    #[case::by_signing_in(
        "Given the mail server\nWhen the null session signs in\nThen AUTH is accepted\nAnd the server refuses\n"
    )]
    #[case::mail_of_before_a_dialogue(
        "Given the mail server\nWhen the null session sends mail to the remote recipient\nAnd the client says \"NOOP\"\nThen the mail is relayed\nAnd the reply has the code 250\n"
    )]
    fn what_stands_where_it_can_is_not_complained_about(#[case] steps: &str) {
        assert_eq!(wrong(steps), Vec::<String>::new());
    }
}

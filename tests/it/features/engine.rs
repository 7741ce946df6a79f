//! How cases run: on what, with which events, and what becomes of those that cannot be judged.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use rstest::rstest;
use smtpspec::feature::{Blame, DeploymentName, FeatureText, Outcome, Scope, StandIn, Suite, planned, run};
use smtpspec::harness::{BenchOptions, TargetFile, TargetName};
use smtpspec::judge::{CaseResult, Role, RunEvent, Verdict};

use super::bench::{Events, load};
use super::{block_on, catalogue, plan, suite};

/// The requirements on a deployment, and the events they gave rise to.
fn requirements_on(suite: &Suite, deployment: &str) -> (Vec<CaseResult>, Vec<RunEvent>) {
    let events = Events::default();
    let mut plan = plan(BenchOptions::default(), Scope::Requirements(Vec::new()), events.sink());
    let targets = plan.bench.add_deployment(catalogue().get(deployment).unwrap());
    plan.scope = Scope::Requirements(targets);
    let Outcome { results, faults } = block_on(run(suite, &plan));
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(results.len(), planned(suite, &plan));
    (results, events.take())
}

fn verdict(results: &[CaseResult], id: &str) -> Verdict {
    results.iter().find(|result| result.requirement.id.0 == id).unwrap().judgement.verdict()
}

/// MS02-011 c07, c08: without the patch who can authenticate relays; the patch (c22) ends that.
#[rstest]
#[case::unpatched("windows-2000", Verdict::Deviates)]
#[case::patched("windows-2000-patched", Verdict::Conformant)]
fn the_requirements_tell_the_flaw(#[case] deployment: &str, #[case] expected: Verdict) {
    let (results, _) = requirements_on(suite(), deployment);
    assert_eq!(verdict(&results, "requirements/relay/null-session"), expected);
    assert_eq!(verdict(&results, "requirements/relay/unauthorized-account"), expected);
    for id in ["anonymous", "wrong-password", "guest", "authorized-account"] {
        assert_eq!(verdict(&results, &format!("requirements/relay/{id}")), Verdict::Conformant, "{id}");
    }
}

/// RFC 4954, RFC 5321 and RFC 3030 as a server of today has them: nothing deviates.
#[rstest]
#[case("reference")]
#[case("reference-refuses-at-relay")]
#[case("reference-tls")]
fn nothing_deviates_on_the_present_day_server(#[case] deployment: &str) {
    let (results, _) = requirements_on(suite(), deployment);
    let others: Vec<_> = results.iter().filter(|result| result.judgement.verdict() != Verdict::Conformant).collect();
    let expected = |result: &CaseResult| {
        let id = &result.requirement.id.0;
        match result.judgement.verdict() {
            // A role that cannot sign in has no connection on which to ask for anything.
            Verdict::NotApplicable => id.starts_with("requirements/bounds/"),
            Verdict::Skipped => id.starts_with("requirements/tls/") && deployment != "reference-tls",
            Verdict::Conformant | Verdict::Deviates | Verdict::Inconclusive => false,
        }
    };
    let unexpected: Vec<_> = others.into_iter().filter(|result| !expected(result)).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

#[test]
fn each_case_begins_and_ends_and_each_role_fills_a_cell() {
    let (results, events) = requirements_on(suite(), "windows-2000");
    let mut open = None;
    let (mut ended, mut cells) = (0, Vec::new());
    for event in events {
        match event {
            RunEvent::CaseStarted { case, target } => assert_eq!(open.replace((case, target)), None),
            RunEvent::CaseFinished { result, decides, listed: _ } => {
                assert_eq!(open.take(), Some((result.requirement.id, result.target)));
                assert!(decides);
                ended += 1;
            }
            RunEvent::CellFilled { cell } => cells.push((cell.role, cell.verdict)),
            _ => {}
        }
    }
    assert_eq!(ended, results.len());
    let expected = Role::MATRIX.map(|role| (role, verdict(&results, &format!("requirements/relay/{role}"))));
    cells.sort_unstable();
    assert_eq!(cells, expected);
}

#[test]
fn a_result_has_what_reports_need() {
    let (results, _) = requirements_on(suite(), "windows-2000");
    let find = |id: &str| results.iter().find(|result| result.requirement.id.0 == id).unwrap();
    let deviating = find("requirements/relay/null-session");
    assert_eq!(deviating.role, Some(Role::NullSession));
    assert!(deviating.authentication.is_some() && deviating.fate.is_some());
    let transcript = deviating.transcript.as_ref().unwrap();
    assert!(deviating.deciding_entry.is_some_and(|entry| entry < transcript.entries.len()));
    let line = deviating.judgement.reasons.last().unwrap();
    assert!(line.contains("Then its mail goes no further than an anonymous client's"), "{line}");
    assert_eq!(find("requirements/relay/guest").transcript, None, "a case that conforms shows no dialogue");
}

#[test]
fn nothing_answers_at_a_service_that_is_stopped() {
    let (results, _) = requirements_on(suite(), "windows-2000-service-stopped");
    assert!(results.iter().all(|result| result.judgement.verdict() != Verdict::Deviates), "{results:#?}");
    assert_eq!(verdict(&results, "requirements/session/greeting"), Verdict::Inconclusive);
}

/// A machine that stands for windows-2000: only what is about that deployment is asked of it, and of that not what
/// needs another machine, the model, or leave to disturb it.
#[test]
fn a_machine_stands_for_one_deployment() {
    // A port at which nothing listens: taken and given back.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let file = format!(
        "address: 127.0.0.1:{port}\nservice: mx\nsource: outside\nlocal-recipient: postmaster@inside.example\n"
    );
    let file = TargetFile::read("lab.yaml", &file).unwrap_or_else(|wrong| panic!("{}", super::bench::rendered(&wrong)));
    let target = TargetName("lab".to_owned());
    let stand_in = StandIn { target: target.clone(), deployment: DeploymentName::read("windows-2000") };
    let events = Events::default();
    let plan = plan(BenchOptions::default(), Scope::Record { stands_in: Some(stand_in) }, events.sink());
    plan.bench.add_external(target, file);
    let Outcome { results, faults } = block_on(run(suite(), &plan));
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(results.len(), planned(suite(), &plan));
    for result in &results {
        assert_eq!(result.target, "lab");
        let case = suite().cases().iter().find(|case| case.requirement.id == result.requirement.id).unwrap();
        let names: Vec<String> = case.deployments().iter().map(ToString::to_string).collect();
        assert!(names.iter().any(|name| name == "windows-2000"), "{names:?}");
        let expected = match () {
            () if case.model_only || names.len() > 1 => &[Verdict::NotApplicable][..],
            () if case.disruptive => &[Verdict::Skipped],
            // Nobody is there: nothing can be told, or no credentials were given.
            () => &[Verdict::Inconclusive, Verdict::Skipped],
        };
        assert!(expected.contains(&result.judgement.verdict()), "{}: {:?}", result.requirement.id, result.judgement);
    }
}

fn own_text(steps: &str) -> FeatureText {
    let text = format!("Feature: Ours\n  @id:own\n  Scenario: Ours\n    Given the deployment windows-2000\n{steps}");
    FeatureText::new("cases/own.feature", &text)
}

fn own(steps: &str) -> Suite {
    load(vec![own_text(steps)])
}

#[rstest]
#[case::no_mail("    Then the mail is refused\n", 5)]
#[case::no_advice("    Then nothing is advised\n", 5)]
#[case::no_advice_to_go_on_with("    Then nothing else is advised\n", 5)]
#[case::not_every_role(
    "    When the null session sends mail to the remote recipient\n    Then it comes to the same for every role\n",
    6
)]
#[case::mail_of_all_is_not_one_mail(
    "    When every role sends mail to the remote recipient\n    Then the mail is relayed\n",
    6
)]
#[case::no_word("    When the client connects\n    Then the reply has the code 250\n", 6)]
#[case::no_message("    When the client says \"NOOP\"\n    Then the message is delivered inside\n", 6)]
#[case::no_dialogue("    Then the message is delivered inside\n", 5)]
#[case::failure_without_a_chunk("    When the client says \"QUIT\"\n    Then the service fails\n", 6)]
#[case::refusal_without_a_chunk("    When the client says \"FROB\"\n    Then the command behind it is refused\n", 6)]
#[case::run_without_a_chunk("    When the client says \"NOOP\"\n    Then the command behind it is run\n", 6)]
#[case::taken_without_a_chunk("    When the client says \"NOOP\"\n    Then the chunk is accepted\n", 6)]
fn a_step_that_cannot_stand_there_is_refused_before_anything_runs(#[case] steps: &str, #[case] line: usize) {
    let wrong = Suite::load([own_text(steps)], &super::catalogue()).unwrap_err();
    let [diagnostic] = wrong.as_slice() else { panic!("{}", super::bench::rendered(&wrong)) };
    assert_eq!(diagnostic.title, "this step cannot stand here");
    assert!(diagnostic.to_string().starts_with(&format!("cases/own.feature:{line}:")), "{diagnostic}");
    assert!(diagnostic.remedy.is_some());
}

/// What shows only while the case runs.
#[rstest]
#[case::chunk_without_a_size(
    "    When the client opens a mail transaction to the local recipient\n    \
     When the client sends the chunk \"BDAT\" and \"NOOP\" behind it in one write\n    \
     Then the chunk is accepted\n",
    6
)]
#[case::no_words_of_advice("    When advice is asked for\n    Then the advice says \"\"\n", 6)]
#[case::command_long_behind_a_chunk(
    "    When the client opens a mail transaction to the local recipient\n    \
     When the client sends the chunk \"BDAT 4\" and \"NOOP\" behind it in one write\n    \
     When the client says \"FROB\"\n    \
     Then the command behind it is refused\n",
    8
)]
#[case::no_recipients_to_be_accepted(
    "    When the null session sends mail to the remote recipient\n    Then every recipient is accepted\n",
    6
)]
#[case::no_recipients_to_be_relayed_to(
    "    When the null session sends mail to the remote recipient\n    \
     Then the message is relayed to every recipient\n",
    6
)]
#[case::rule_on_a_deployment(
    "    When the null session sends mail to the remote recipient\n    \
     Then its mail goes no further than an anonymous client's\n",
    6
)]
#[case::rule_for_anybody_on_a_deployment(
    "    When an anonymous client sends mail to the remote recipient\n    \
     Then its mail goes no further than anybody's may\n",
    6
)]
#[case::service_on_a_deployment(
    "    When the authorized account sends mail to the remote recipient\n    \
     Then the authorized account is served\n",
    6
)]
#[case::local_mail_on_a_deployment(
    "    When an anonymous client sends mail to the local recipient\n    \
     Then the mail for the local recipient is taken\n",
    6
)]
fn a_step_that_cannot_stand_there_is_the_cases_fault(#[case] steps: &str, #[case] line: usize) {
    let plan = plan(BenchOptions::default(), Scope::Record { stands_in: None }, Arc::new(|_| {}));
    let Outcome { results, faults } = block_on(run(&own(steps), &plan));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].blame, Blame::Case);
    assert_eq!(faults[0].place, format!("cases/own.feature:{line}"));
    assert_eq!(results[0].judgement.verdict(), Verdict::Inconclusive);
}

/// A rule of a requirement is about a role and a destination.
#[rstest]
#[case("an anonymous client sends mail to the remote recipient", "its mail goes no further than an anonymous client's")]
#[case(
    "the authorized account sends mail to the remote recipient",
    "its mail goes no further than an anonymous client's"
)]
#[case("the null session sends mail to the local recipient", "its mail goes no further than an anonymous client's")]
#[case("the null session sends mail to the remote recipient", "its mail goes no further than anybody's may")]
#[case("an anonymous client sends mail to the local recipient", "its mail goes no further than anybody's may")]
#[case("the null session sends mail to the remote recipient", "the authorized account is served")]
#[case("the authorized account sends mail to the local recipient", "the authorized account is served")]
#[case("an anonymous client sends mail to the remote recipient", "the mail for the local recipient is taken")]
#[case("the null session sends mail to the local recipient", "the mail for the local recipient is taken")]
fn a_rule_about_other_mail_is_the_cases_fault(#[case] does: &str, #[case] expects: &str) {
    let text = format!(
        "Feature: Ours\n  @id:own\n  Scenario: Ours\n    Given the mail server\n    When {does}\n    Then {expects}\n"
    );
    let suite = load(vec![FeatureText::new("cases/own.feature", &text)]);
    let mut plan = plan(BenchOptions::default(), Scope::Requirements(Vec::new()), Arc::new(|_| {}));
    plan.scope = Scope::Requirements(plan.bench.add_deployment(catalogue().get("windows-2000").unwrap()));
    let Outcome { faults, .. } = block_on(run(&suite, &plan));
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].blame, faults[0].place.as_str()), (Blame::Case, "cases/own.feature:6"));
}

/// No error says no words at all.
#[test]
fn a_file_is_refused_with_words() {
    let plan = plan(BenchOptions::default(), Scope::Record { stands_in: None }, Arc::new(|_| {}));
    let text = "Feature: Ours\n  @id:own\n  Scenario: Ours\n    \
                Given a deployment file that puts exchange-2000 on windows-nt4\n    Then the file is refused with \"\"\n";
    let Outcome { faults, .. } = block_on(run(&load(vec![FeatureText::new("cases/own.feature", text)]), &plan));
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].blame, faults[0].place.as_str()), (Blame::Case, "cases/own.feature:5"));
}

/// A rule that panics stands for any fault of ours within a step.
#[test]
fn a_panic_is_our_fault_and_has_its_place() {
    struct Panics;
    impl smtpspec::feature::Advisor for Panics {
        fn advise(
            &self,
            _: &smtpspec::reference::deployment::identity::HostIdentity,
            _: &[(String, &smtpspec::reference::deployment::identity::ListenerIdentity)],
            _: Option<&str>,
        ) -> Vec<smtpspec::reference::bulletin::Advice> {
            panic!("out of order")
        }
    }
    let mut plan = plan(BenchOptions::default(), Scope::Record { stands_in: None }, Arc::new(|_| {}));
    plan.advisor = Arc::new(Panics);
    let suite = own("    When advice is asked for\n    Then nothing is advised\n");
    let Outcome { results, faults } = block_on(run(&suite, &plan));
    assert_eq!((faults[0].blame, faults[0].what.as_str()), (Blame::Ours, "out of order"));
    assert!(faults[0].at.as_ref().is_some_and(|at| at.contains("engine.rs")), "{:?}", faults[0].at);
    assert_eq!(results[0].judgement.verdict(), Verdict::Inconclusive);
}

/// What the first `Then` that does not hold says stands, with its line; the steps behind it are not run.
#[test]
fn what_deviates_ends_the_case_at_its_step() {
    let plan = plan(BenchOptions::default(), Scope::Record { stands_in: None }, Arc::new(|_| {}));
    let suite = own("    When the null session sends mail to the remote recipient\n    \
         Then AUTH is refused\n    And the mail is refused\n");
    let Outcome { results, faults } = block_on(run(&suite, &plan));
    assert!(faults.is_empty());
    let judgement = &results[0].judgement;
    assert_eq!(judgement.verdict(), Verdict::Deviates);
    assert!(judgement.reasons[0].starts_with("expected of AUTH refused, but the null session authenticated"));
    assert_eq!(judgement.reasons.last().unwrap(), "decided in line 6: Then AUTH is refused");
}

/// Nobody answers any of them, which is no outcome that they share.
#[test]
fn what_is_not_known_of_every_role_is_not_the_same() {
    let text = "Feature: Ours\n  @id:own\n  Scenario: Ours\n    Given the deployment windows-2000-service-stopped\n    \
                When every role sends mail to the remote recipient\n    Then it comes to the same for every role\n";
    let plan = plan(BenchOptions::default(), Scope::Record { stands_in: None }, Arc::new(|_| {}));
    let Outcome { results, faults } = block_on(run(&load(vec![FeatureText::new("cases/own.feature", text)]), &plan));
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(results[0].judgement.verdict(), Verdict::Inconclusive, "{:#?}", results[0].judgement);
}

/// What windows-2000 is on record to do (MS02-011 c01, c12, c23): the null session's AUTH is answered 235 and its mail
/// goes out, an anonymous client's is refused at RCPT, and Q313450 is advised, once, for both bulletins.
#[rstest]
#[case::code("the null session sends mail to the remote recipient", "AUTH is answered with the code 235", Ok(()))]
#[case::other_code(
    "the null session sends mail to the remote recipient",
    "AUTH is answered with the code 500",
    Err(Verdict::Deviates)
)]
#[case::code_of_a_sign_in("the null session signs in", "AUTH is answered with the code 500", Err(Verdict::Deviates))]
#[case::no_code(
    "an anonymous client sends mail to the remote recipient",
    "AUTH is answered with the code 500",
    Err(Verdict::Inconclusive)
)]
#[case::relayed(
    "the null session sends mail to the remote recipient",
    "the mail is refused at the end of its data with the code 554",
    Err(Verdict::Deviates)
)]
#[case::refused_earlier(
    "an anonymous client sends mail to the remote recipient",
    "the mail is refused at the end of its data with the code 550",
    Err(Verdict::Deviates)
)]
#[case::roles_differ(
    "every role sends mail to the remote recipient",
    "it comes to the same for every role",
    Err(Verdict::Deviates)
)]
#[case::roles_do_not_differ(
    "every role sends mail to the local recipient",
    "it comes to the same for every role",
    Ok(())
)]
#[case::all_accepted("the null session sends one message to 3 remote recipients", "every recipient is accepted", Ok(()))]
#[case::not_all_accepted(
    "an anonymous client sends one message to 3 remote recipients",
    "every recipient is accepted",
    Err(Verdict::Deviates)
)]
#[case::to_all(
    "the null session sends one message to 3 remote recipients",
    "the message is relayed to every recipient",
    Ok(())
)]
#[case::not_to_all(
    "an anonymous client sends one message to 3 remote recipients",
    "the message is relayed to every recipient",
    Err(Verdict::Deviates)
)]
#[case::to_the_one_of_its_own(
    "the null session sends mail to \"somebody@elsewhere.example\"",
    "the message is relayed to every recipient",
    Ok(())
)]
#[case::inside_is_not_relayed(
    "the null session sends mail to \"somebody@branch.example\"",
    "the message is relayed to every recipient",
    Err(Verdict::Deviates)
)]
#[case::advised("advice is asked for", "Q313450 is not advised", Err(Verdict::Deviates))]
#[case::not_advised("advice is asked for", "Q289258 is not advised", Ok(()))]
#[case::for_both("advice is asked for", "Q313450 is advised for MS02-012 only", Err(Verdict::Deviates))]
#[case::for_none("advice is asked for", "Q289258 is advised for MS02-012 only", Err(Verdict::Deviates))]
#[case::not_named("advice is asked for", "nothing else is advised", Err(Verdict::Deviates))]
#[case::said("advice is asked for", "the advice says \"SMTP service\"", Ok(()))]
#[case::not_said("advice is asked for", "the advice says \"protected\"", Err(Verdict::Deviates))]
#[case::alone("the client connects", "no other service listens there", Ok(()))]
#[case::not_alone(
    "the client connects",
    "the greeting has the code 220\n    Given the deployment exchange-5.5-and-native-service:connector\n    \
     Then no other service listens there",
    Err(Verdict::Deviates)
)]
#[case::named(
    "advice is asked for",
    "the advice is to install Q313450\n    And nothing else is advised",
    Ok(())
)]
#[case::named_and_asked_again(
    "advice is asked for",
    "the advice is to install Q313450\n    When advice is asked for\n    Then nothing else is advised",
    Err(Verdict::Deviates)
)]
fn a_step_tells_right_from_wrong(#[case] does: &str, #[case] expects: &str, #[case] expected: Result<(), Verdict>) {
    let plan = plan(BenchOptions::default(), Scope::Record { stands_in: None }, Arc::new(|_| {}));
    let suite = own(&format!("    When {does}\n    Then {expects}\n"));
    let Outcome { results, faults } = block_on(run(&suite, &plan));
    assert!(faults.is_empty(), "{faults:#?}");
    let judgement = &results[0].judgement;
    assert_eq!(judgement.verdict(), expected.err().unwrap_or(Verdict::Conformant), "{judgement:#?}");
}

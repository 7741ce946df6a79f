//! A wrong part in the model shows in what these clients are told or in what the witness has, so the tables can fail.

use std::sync::Arc;

use lettre::transport::smtp::authentication::Mechanism;
use rstest::rstest;
use smtpspec::protocol::sasl::Proof;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::model::seams::TraceHeader;
use smtpspec::reference::model::stages::{Authenticate, Authorization, RelayDecision, RelayPolicy, RelayRequest};
use smtpspec::reference::model::{Components, Directory, Filling, Identity};

use super::lettre_sends::send;
use super::served::Served;
use super::{Answer, Failure, NOT_AUTHENTICATED};

/// Takes whoever offers a proof for the authorized account.
pub(super) struct Credulous;

impl Authenticate for Credulous {
    fn authenticate(&self, _: &Proof, _: &Directory) -> Option<Identity> {
        Some(Identity::Account("authorized".to_owned()))
    }
}

struct EverythingGoes(RelayDecision);

impl RelayPolicy for EverythingGoes {
    fn decide(&self, _: &RelayRequest<'_>) -> RelayDecision {
        self.0
    }
}

pub(super) struct NoTrace;

impl TraceHeader for NoTrace {
    fn header(&self, _: &Behaviours, _: &Filling) -> Vec<u8> {
        Vec::new()
    }
}

/// The right answers are those of `lettre_is_served_as_the_deployment_says`.
#[rstest]
#[case::believes_any_password(
    "reference",
    |parts: &mut Components| parts.authenticate = Arc::new(Credulous),
    [Answer::Taken; 3]
)]
#[case::does_not_ask_who_may_use_the_service(
    "reference",
    |parts: &mut Components| parts.authorization = Authorization::Absent,
    [NOT_AUTHENTICATED, Answer::Taken, Answer::Taken]
)]
#[case::relays_for_everybody(
    "reference-refuses-at-relay",
    |parts: &mut Components| parts.relay_policy = Arc::new(EverythingGoes(RelayDecision::Outside)),
    [NOT_AUTHENTICATED, Answer::Taken, Answer::Taken]
)]
#[tokio::test]
async fn a_wrong_stage_changes_the_answers(
    #[case] deployment: &str,
    #[case] change: fn(&mut Components),
    #[case] shown: [Answer; 3],
) -> Result<(), Failure> {
    let served = Served::open_changed(deployment, change).await?;
    let answers = served.answers(async |attempt| send(Mechanism::Plain, attempt).await).await?;
    assert_eq!(answers, shown);
    Ok(())
}

#[rstest]
#[case::wrong_next_hop(
    |parts: &mut Components| parts.relay_policy = Arc::new(EverythingGoes(RelayDecision::Inside)),
    "door: Inside"
)]
#[case::no_trace_header(|parts: &mut Components| parts.trace = Arc::new(NoTrace), "trace: []")]
#[tokio::test]
async fn mail_that_is_passed_on_wrongly_is_not_relayed(
    #[case] change: fn(&mut Components),
    #[case] complaint: &str,
) -> Result<(), Failure> {
    let served = Served::open_changed("windows-2000", change).await?;
    let answers = served.answers(async |attempt| send(Mechanism::Login, attempt).await).await;
    assert!(answers.as_ref().is_err_and(|failure| failure.contains(complaint)), "{answers:?}");
    Ok(())
}

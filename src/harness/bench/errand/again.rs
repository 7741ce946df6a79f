//! What of an errand is tried again, and on which connection (RFC 5321 3.8, 4.5.4.1).

use super::{Errand, Run};
use crate::harness::bench::visit::{Ended, Transaction, Tried, introduce, sign_in, transact};
use crate::harness::client::Step;
use crate::judge::{Authentication, NoAnswer, NoTls};

impl Run<'_> {
    /// Connects, introduces the client and signs in; once more after the wait where the server puts that off.
    pub(super) async fn arrive(&mut self) -> Result<(), NoAnswer> {
        let mut came = self.enter().await;
        let is_trouble = came.is_err();
        let is_put_off = match &came {
            Err(why) => self.may_come_again(why),
            // Credentials that were put off may have been counted.
            Ok(()) => {
                matches!(self.authentication, Authentication::Deferred { .. })
                    && self.ready.may_sign_in(Some(self.errand.role)).is_ok()
            }
        };
        if !is_put_off || self.wait().await.is_err() {
            return came;
        }
        self.retried = true;
        came = self.enter().await;
        if is_trouble {
            self.ready.came_again(came.is_ok());
        }
        came
    }

    /// Whether a connection that came to nothing is to be had later: the server says so with a 4xx, or ended it before any
    /// credentials were said (RFC 5321 3.8), or does not answer any more after it did (RFC 5321 4.5.4.1).
    fn may_come_again(&self, why: &NoAnswer) -> bool {
        let said_nothing_secret = matches!(self.authentication, Authentication::NotTried);
        let is_later = match why {
            NoAnswer::TurnedAway { reply } => (400..500).contains(&reply.code),
            NoAnswer::Closed | NoAnswer::Reset { .. } => said_nothing_secret,
            NoAnswer::NotConnected { .. } => self.ready.has_greeted(),
            NoAnswer::NoReply { what } => said_nothing_secret && what.starts_with("unasked: 421"),
            // RFC 3207 4: 454, TLS is not available for now.
            NoAnswer::NoTls { cause: NoTls::Refused { reply } } => (400..500).contains(&reply.code),
            NoAnswer::ConnectTimedOut { .. }
            | NoAnswer::GivenUp { .. }
            | NoAnswer::NoGreeting { .. }
            | NoAnswer::NotSmtp { .. }
            | NoAnswer::TimedOut { .. }
            | NoAnswer::WitnessLost { .. }
            | NoAnswer::NoTls { .. }
            | NoAnswer::LimitReached { .. } => false,
        };
        is_later && self.ready.coming_again_pays()
    }

    async fn enter(&mut self) -> Result<(), NoAnswer> {
        (self.mechanism, self.authentication) = (None, Authentication::NotTried);
        self.connections.open().await?;
        let dialogue = self.connections.dialogue()?;
        let extensions = introduce(self.ready, dialogue).await?;
        let Errand { role, mechanism, .. } = *self.errand;
        let signed_in = sign_in(self.ready, dialogue, role, mechanism, &extensions, &mut self.nonces).await;
        (self.mechanism, self.authentication) = signed_in;
        match &self.authentication {
            Authentication::NoAnswer(why) if !matches!(why, NoAnswer::LimitReached { .. }) => Err(why.clone()),
            // A refused login leaves the session anonymous: what it may do is still asked.
            _ => Ok(()),
        }
    }

    /// Waits before a second try.
    pub(super) async fn wait(&mut self) -> Result<(), NoAnswer> {
        let wait = self.ready.wait(self.ready.profile.limits.deferred);
        self.connections.wait(wait.lasts).await;
        wait.cut().map_or(Ok(()), Err)
    }

    /// Whether a transaction is to be tried later: a 4xx, or the connection was ended in it. What the server does behind a
    /// login that it refused is its answer to that, and behind mail data it may have taken the mail.
    pub(super) fn is_put_off(&self, tried: &Tried) -> bool {
        match &tried.ended {
            Ended::Deferred { .. } => true,
            Ended::NoAnswer(why) => {
                let is_refused = matches!(self.authentication, Authentication::Refused { .. });
                let is_over = match why {
                    NoAnswer::Closed | NoAnswer::Reset { .. } => true,
                    NoAnswer::NoReply { what } => what.starts_with("unasked: 421"),
                    NoAnswer::NotConnected { .. }
                    | NoAnswer::ConnectTimedOut { .. }
                    | NoAnswer::GivenUp { .. }
                    | NoAnswer::NoGreeting { .. }
                    | NoAnswer::NotSmtp { .. }
                    | NoAnswer::TimedOut { .. }
                    | NoAnswer::TurnedAway { .. }
                    | NoAnswer::LimitReached { .. }
                    | NoAnswer::WitnessLost { .. }
                    | NoAnswer::NoTls { .. } => false,
                };
                is_over && !is_refused && !tried.mail_data_was_sent && self.ready.coming_again_pays()
            }
            Ended::Refused { .. } | Ended::Accepted { .. } => false,
        }
    }

    pub(super) async fn transact(&mut self, transaction: Transaction) -> Tried {
        match self.connections.dialogue() {
            Ok(dialogue) => transact(dialogue, transaction).await,
            Err(why) => Tried::unsent(Ended::NoAnswer(why)),
        }
    }

    /// The transaction once more, on the connection as it stands, or on a new one where that is over.
    pub(super) async fn again(&mut self, transaction: Transaction) -> Tried {
        if !self.connections.is_worn() {
            match self.connections.perform(Step::Command(b"RSET".to_vec())).await.into_reply() {
                Ok(reply) if reply.code().get() != 421 => return self.transact(transaction).await,
                Err(why @ (NoAnswer::TimedOut { .. } | NoAnswer::LimitReached { .. })) => {
                    return Tried::unsent(Ended::NoAnswer(why));
                }
                Ok(_) | Err(_) => {}
            }
        }
        match self.come_back().await {
            Ok(()) => self.transact(transaction).await,
            Err(why) => Tried::unsent(Ended::NoAnswer(why)),
        }
    }

    /// A new connection as the same client. Where it is not let in as before, it is another client's.
    async fn come_back(&mut self) -> Result<(), NoAnswer> {
        if !self.connections.may_reopen() {
            return Err(NoAnswer::Closed);
        }
        let before = (self.mechanism, self.authentication.clone());
        let came = self.enter().await;
        self.retried = true;
        let is_as_before = std::mem::discriminant(&before.1) == std::mem::discriminant(&self.authentication);
        (self.mechanism, self.authentication) = before;
        came?;
        if is_as_before { Ok(()) } else { Err(NoAnswer::Closed) }
    }
}

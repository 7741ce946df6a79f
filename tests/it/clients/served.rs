//! A built-in deployment's listener on a free port of loopback, with a witness behind it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};

use smtpspec::harness::clock::Clock;
use smtpspec::harness::nonces::Nonces;
use smtpspec::harness::server::{ModelServer, NextHop, Outbox, ServerOptions};
use smtpspec::harness::witness::{Witness, WitnessListener};
use smtpspec::judge::{Door, Nonce};
use smtpspec::protocol::sasl::AccountSecret;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::deployment::catalogue::Catalogue;
use smtpspec::reference::model::{Account, Components, Directory, Model};

use super::{Answer, Attempt, CLIENT, Failure, LIMIT, LOGINS, PASSWORD, REMOTE_RECIPIENT, SENDER};

/// The host of every built-in deployment.
pub(super) const HOST: &str = "mail.inside.example";

/// A free port of loopback.
pub(super) const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// The built-in deployments.
pub(super) fn catalogue() -> Result<&'static Catalogue, Failure> {
    static CATALOGUE: LazyLock<Result<Catalogue, Failure>> = LazyLock::new(|| {
        Catalogue::built_in().map_err(|wrong| wrong.iter().map(|diagnostic| diagnostic.render(false, 110)).collect())
    });
    CATALOGUE.as_ref().map_err(Clone::clone)
}

/// The model of these behaviours, with an account that may use the mail service and one that may not.
pub(super) fn model(behaviours: &Behaviours, change: impl FnOnce(&mut Components)) -> Arc<Model> {
    let account = |name: &str, mail_right| Account {
        name: name.to_owned(),
        secret: AccountSecret::from_password(PASSWORD),
        mail_right,
        administrator: false,
        mailbox: Some(format!("{name}@inside.example")),
    };
    let directory = Directory { accounts: vec![account("authorized", true), account("unauthorized", false)] };
    let mut model = Model::new(Arc::new(behaviours.clone()), Arc::new(directory), HOST);
    change(&mut model.components);
    Arc::new(model)
}

/// The model on a socket, its mail going to these next hops.
pub(super) async fn serve(model: Arc<Model>, outside: NextHop, inside: NextHop) -> Result<ModelServer, Failure> {
    let options = ServerOptions { listen: ANY_PORT, sessions: 16, nonces: Nonces::System };
    let outbox = Outbox { outside, inside, host: HOST.to_owned(), clock: Clock::system() };
    ModelServer::open(options, model, outbox).await.map_err(|error| format!("the model does not listen: {error}"))
}

/// A deployment with one listener, and the witness at both its next hops.
pub(super) struct Served {
    server: ModelServer,
    witness: Witness,
    _doors: [WitnessListener; 2],
}

impl Served {
    /// As it is described.
    pub(super) async fn open(deployment: &str) -> Result<Self, Failure> {
        Self::open_changed(deployment, |_| {}).await
    }

    /// With changed parts.
    pub(super) async fn open_changed(deployment: &str, change: impl FnOnce(&mut Components)) -> Result<Self, Failure> {
        let found = catalogue()?.get(deployment).ok_or_else(|| format!("there is no deployment {deployment}"))?;
        let [listener] = found.listeners.as_slice() else { return Err(format!("{deployment} has several listeners")) };
        let behaviours = listener.behaviours.as_ref().ok_or_else(|| format!("nothing answers at {deployment}"))?;

        let witness = Witness::new(Clock::system());
        let door = async |door| {
            let opened = WitnessListener::open(ANY_PORT, witness.clone(), door).await;
            opened.map_err(|error| format!("the witness does not listen: {error}"))
        };
        let doors = [door(Door::Outside).await?, door(Door::Inside).await?];
        let [outside, inside] = [&doors[0], &doors[1]].map(|door| NextHop::Address(door.address()));
        let server = serve(model(behaviours, change), outside, inside).await?;
        Ok(Self { server, witness, _doors: doors })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The certificate that a client has to trust, in PEM.
    pub(super) fn anchor(&self) -> Result<String, Failure> {
        self.server.certificate().anchor().map(str::to_owned).ok_or_else(|| format!("{HOST} can have no certificate"))
    }

    /// A try with a mark of its own.
    pub(super) fn attempt(&self, identity: &str, password: &str) -> Attempt {
        let mark = Nonces::System.mark();
        Attempt { server: self.address(), identity: identity.to_owned(), password: password.to_owned(), mark }
    }

    /// Has a client try as each of [`LOGINS`].
    ///
    /// # Errors
    /// A message was taken and did not arrive outside as it should, or was refused and arrived.
    pub(super) async fn answers(
        &self,
        send: impl AsyncFn(Attempt) -> Result<Answer, Failure>,
    ) -> Result<[Answer; 3], Failure> {
        let mut attempts = LOGINS.map(|(identity, password)| (self.attempt(identity, password), Answer::Taken));
        for (attempt, answer) in &mut attempts {
            *answer = send(attempt.clone()).await?;
            if *answer == Answer::Taken {
                self.was_relayed(&attempt.mark).await?;
            }
        }
        // A server passes mail on in the order in which it came, and the last has arrived: these are not under way.
        for (attempt, answer) in &attempts {
            if *answer != Answer::Taken && !self.witness.sightings(&attempt.mark).is_empty() {
                return Err(format!("{answer:?}, and yet it was relayed: {attempt:?}"));
            }
        }
        Ok(attempts.map(|(_, answer)| answer))
    }

    /// Waits for a message, and looks at its envelope and at the trace header (RFC 5321 4.4: one more, on top, that says
    /// from whom and by whom).
    async fn was_relayed(&self, mark: &Nonce) -> Result<(), Failure> {
        let sighting = self.witness.sighted(mark, |_| true, LIMIT).await;
        let sighting = sighting.ok_or("a message was taken and did not arrive")?;
        let has_trace = matches!(
            sighting.trace.as_slice(),
            [field] if field.starts_with(&format!("Received: from {CLIENT} ")) && field.contains(&format!("by {HOST} "))
        );
        let is_whole = sighting.door == Door::Outside
            && sighting.reverse_path == SENDER
            && sighting.forward_paths == [REMOTE_RECIPIENT];
        if has_trace && is_whole { Ok(()) } else { Err(format!("a message arrived, but so: {sighting:?}")) }
    }
}

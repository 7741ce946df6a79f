//! Clients that nobody here wrote, served by the model on a socket: lettre always, curl where there is one. Our client
//! and our server could agree on something wrong; these have no reason to.

#[cfg(unix)]
mod curl_sends;
mod keeper;
mod lettre_sends;
mod ordinary_mail;
mod served;
mod under_tls;
mod wrong_parts;

use std::net::SocketAddr;
use std::time::Duration;

use smtpspec::judge::Nonce;

/// What the helpers fail with: one sentence for whoever reads the test's output.
type Failure = String;

/// What takes longer on loopback will not come.
const LIMIT: Duration = Duration::from_secs(10);

/// What the clients call themselves.
const CLIENT: &str = "client.example";

const SENDER: &str = "sender@client.example";
const LOCAL_RECIPIENT: &str = "authorized@inside.example";
const REMOTE_RECIPIENT: &str = "remote@elsewhere.example";

const PASSWORD: &str = "Pa55word";

/// The authorized account's password as somebody types it who has CAPS LOCK on: what LM hashes of it is the same.
const WRONG_PASSWORD: &str = "pA55WORD";

/// Identity and password of those who try, in the order in which they do.
const LOGINS: [(&str, &str); 3] =
    [("authorized", WRONG_PASSWORD), ("unauthorized", PASSWORD), ("authorized", PASSWORD)];

/// One client's try to have a message relayed.
#[derive(Clone, Debug)]
struct Attempt {
    server: SocketAddr,
    identity: String,
    password: String,
    /// By which the witness knows the message.
    mark: Nonce,
}

impl Attempt {
    /// A message with the mark, without the CRLF that ends its last line.
    fn message(&self) -> String {
        let mark = &self.mark.0;
        format!(
            "Date: Wed, 27 Feb 2002 12:00:00 +0000\r\nFrom: <{SENDER}>\r\nX-Smtpspec-Nonce: {mark}\r\n\r\nMay this be relayed?"
        )
    }
}

/// Where a client stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Authenticate,
    Mail,
    Rcpt,
    Data,
}

/// What a client was told at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Taken,
    Refused(At, u16),
}

/// RFC 4954 6: 535, the credentials are not valid. The products word it in their own ways and keep to the code.
const NOT_AUTHENTICATED: Answer = Answer::Refused(At::Authenticate, 535);

/// RFC 5321 4.2.3: 550, refused for reasons of policy.
const NOT_RELAYED: Answer = Answer::Refused(At::Rcpt, 550);

// What each of `LOGINS` is told, after the deployments' descriptions and the bulletin's claims (c01, c02, c03: whoever
// authenticates relays; c04, c06, c22: only who may use the mail service does).
const FLAWED: [Answer; 3] = [NOT_AUTHENTICATED, Answer::Taken, Answer::Taken];
const REFUSES_AT_AUTHENTICATION: [Answer; 3] = [NOT_AUTHENTICATED, NOT_AUTHENTICATED, Answer::Taken];
const REFUSES_AT_RELAY: [Answer; 3] = [NOT_AUTHENTICATED, NOT_RELAYED, Answer::Taken];

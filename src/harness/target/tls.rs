//! The key `tls` of a target file: how it is written, what is wrong with it, and what TLS is begun with.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::TargetFile;
use super::check::Checks;
use crate::diagnostic::Diagnostic;
use crate::harness::secrecy::Secrecy;
use crate::judge::{TlsBegun, TlsUse};
use crate::reference::yaml::Placed;
use crate::transport::{Identity, TlsClient, TlsSetupError, Trust};

/// The most that is read of a file of certificates.
const MOST_OF_A_FILE: u64 = 1 << 20;

/// `starttls`, `implicit`, or a map.
#[derive(Clone, Debug)]
pub(super) struct Entry(Keys);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Keys {
    r#use: Use,
    #[serde(default)]
    server_name: Option<Placed<String>>,
    #[serde(default)]
    ca_file: Option<Placed<String>>,
    #[serde(default)]
    certificate: Option<Placed<Certificates>>,
    #[serde(default)]
    client_certificate: Option<Placed<String>>,
    #[serde(default)]
    client_key: Option<Placed<String>>,
    #[serde(default)]
    versions: Option<Placed<Versions>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Use {
    Starttls,
    Implicit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Certificates {
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Versions {
    Legacy,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfEntry;

        impl<'de> Visitor<'de> for OfEntry {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`starttls`, `implicit`, or a map with `use` and what else is to be said of it")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Entry, E> {
                let r#use = match text {
                    "starttls" => Use::Starttls,
                    "implicit" => Use::Implicit,
                    _ => return Err(E::unknown_variant(text, &["starttls", "implicit"])),
                };
                Ok(Entry(Keys {
                    r#use,
                    server_name: None,
                    ca_file: None,
                    certificate: None,
                    client_certificate: None,
                    client_key: None,
                    versions: None,
                }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                Keys::deserialize(MapAccessDeserializer::new(map)).map(Entry)
            }
        }

        deserializer.deserialize_any(OfEntry)
    }
}

/// The key, checked. What its files hold is only known when the target is made ready.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    begin: TlsBegun,
    server_name: Option<Placed<String>>,
    trust: Trusted,
    /// The files of certificate and key; one file may hold both.
    identity: Option<(Placed<String>, Placed<String>)>,
    versions: Option<Placed<Versions>>,
}

#[derive(Clone, Debug)]
enum Trusted {
    System,
    File(Placed<String>),
    Anything,
}

impl Tls {
    /// What reports say of it.
    pub(super) const fn shown(&self) -> TlsUse {
        TlsUse { begun: self.begin, any_certificate: matches!(self.trust, Trusted::Anything) }
    }
}

impl Checks<'_> {
    pub(super) fn tls(&mut self, Entry(keys): Entry) -> Tls {
        let begin = match keys.r#use {
            Use::Starttls => TlsBegun::Starttls,
            Use::Implicit => TlsBegun::Implicit,
        };
        let trust = match (keys.certificate, keys.ca_file) {
            (Some(any), Some(_)) => {
                self.error(
                    &any,
                    "any certificate is to be accepted, and a `ca-file` is named",
                    "leave one of them away: with `certificate: any` nothing is verified",
                );
                Trusted::Anything
            }
            (Some(_), None) => Trusted::Anything,
            (None, Some(file)) => Trusted::File(file),
            (None, None) => Trusted::System,
        };
        let identity = match (keys.client_certificate, keys.client_key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            // A file in PEM may hold both.
            (Some(certificate), None) => Some((certificate.clone(), certificate)),
            (None, Some(key)) => {
                self.error(
                    &key,
                    "a key without its certificate proves nothing",
                    "name the file of its certificate as `client-certificate`",
                );
                None
            }
            (None, None) => None,
        };
        Tls { begin, server_name: keys.server_name, trust, identity, versions: keys.versions }
    }
}

impl TargetFile {
    /// What may be said in clear, and what TLS is begun with.
    pub(super) fn secrecy(&self, wrong: &mut Vec<Diagnostic>) -> Option<Secrecy> {
        let Some(tls) = &self.tls else { return Some(Secrecy::NoTls) };
        match self.tls_client(tls) {
            Ok(client) => Some(Secrecy::Required { begin: tls.begin, client: Box::new(client) }),
            Err(diagnostic) => {
                wrong.push(*diagnostic);
                None
            }
        }
    }

    fn tls_client(&self, tls: &Tls) -> Result<TlsClient, Box<Diagnostic>> {
        let name_at = tls.server_name.as_ref().unwrap_or(&self.address);
        let name = tls.server_name.as_ref().map_or(self.host.host.as_str(), |name| name.value.as_str());
        let (anchors, trusted_at) = match &tls.trust {
            Trusted::File(at) => (self.tls_file(at)?, Some(at)),
            Trusted::System | Trusted::Anything => (Vec::new(), None),
        };
        let trust = match &tls.trust {
            Trusted::System => Trust::System,
            Trusted::File(_) => Trust::Pem(&anchors),
            Trusted::Anything => Trust::Anything,
        };
        let client = TlsClient::new(name, trust).map_err(|error| {
            let at = if let TlsSetupError::NotAName(_) = error { name_at } else { trusted_at.unwrap_or(name_at) };
            self.tls_error(at, &error)
        })?;
        let client = match &tls.versions {
            Some(at) => client.with_legacy_versions().map_err(|error| self.tls_error(at, &error))?,
            None => client,
        };
        let Some((certificate, key)) = &tls.identity else { return Ok(client) };
        let (chain, secret) = (self.tls_file(certificate)?, self.tls_file(key)?);
        let identity = Identity::from_pem(&chain, &secret)
            .map_err(|error| self.tls_error(if error == TlsSetupError::NoKey { key } else { certificate }, &error))?;
        client.with_identity(identity).map_err(|error| self.tls_error(key, &error))
    }

    /// Beside the target file, wherever the program was started.
    fn tls_file(&self, at: &Placed<String>) -> Result<Vec<u8>, Box<Diagnostic>> {
        let path = Path::new(self.text.name()).parent().unwrap_or(Path::new("")).join(&at.value);
        let error = |reason: String| {
            let title = format!("{} cannot be read: {reason}", path.display());
            Box::new(self.text.error_at(at, title).remedy("put the certificate or key there, in PEM"))
        };
        let length = std::fs::metadata(&path).map_err(|reason| error(reason.to_string()))?.len();
        if length > MOST_OF_A_FILE {
            return Err(error(format!("it is longer than {MOST_OF_A_FILE} octets")));
        }
        std::fs::read(&path).map_err(|reason| error(reason.to_string()))
    }

    fn tls_error<T>(&self, at: &Placed<T>, error: &TlsSetupError) -> Box<Diagnostic> {
        let remedy = match error {
            TlsSetupError::NoCertificate | TlsSetupError::Unreadable(_) => {
                "name a file in PEM; from DER: openssl x509 -inform DER -in FILE -out FILE.pem"
            }
            TlsSetupError::NoKey => {
                "name a file with the key in PEM; without its passphrase: openssl pkey -in FILE -out FILE.pem"
            }
            TlsSetupError::KeyDoesNotFit(_) => "name the key that the certificate was made for",
            TlsSetupError::NoAnchors(_) => {
                "install the system's certificates (ca-certificates), or name those to trust as `ca-file` below `tls`"
            }
            TlsSetupError::NotAName(_) => "write the name in the server's certificate as `server-name` below `tls`",
            TlsSetupError::NoLegacyVersions => {
                "build one that does, where OpenSSL is installed: cargo build --release --features legacy-tls"
            }
            TlsSetupError::Library(_) => "check the certificates and the key with openssl",
        };
        Box::new(self.text.error_at(at, error.to_string()).remedy(remedy))
    }
}

#[cfg(test)]
mod tests;

//! Who a client can be.

/// A role. The first six are what every target is asked about; the last two only occur in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Does not authenticate.
    Anonymous,
    /// An existing account's name with a password that is not its own.
    WrongPassword,
    /// NTLM finished with empty credentials.
    NullSession,
    /// A name the server does not know, with any password: becomes Guest where that account is enabled.
    Guest,
    /// An account that exists, its right password, no right to use the mail service.
    UnauthorizedAccount,
    /// An account that may use the mail service.
    AuthorizedAccount,
    /// A POP3 or IMAP4 user's client: submits by SMTP without authenticating, from an address of the server's own domain.
    PopImapClient,
    /// A MAPI client: submits to the server by other means than SMTP.
    MapiClient,
}

impl Role {
    /// The six roles of the matrix, in its order.
    pub const MATRIX: [Self; 6] = [
        Self::Anonymous,
        Self::WrongPassword,
        Self::NullSession,
        Self::Guest,
        Self::UnauthorizedAccount,
        Self::AuthorizedAccount,
    ];

    /// Every role: those of the matrix, and those that submit by other ways.
    pub const ALL: [Self; 8] = [
        Self::Anonymous,
        Self::WrongPassword,
        Self::NullSession,
        Self::Guest,
        Self::UnauthorizedAccount,
        Self::AuthorizedAccount,
        Self::PopImapClient,
        Self::MapiClient,
    ];

    /// Its name in files and on the command line: `null-session`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::WrongPassword => "wrong-password",
            Self::NullSession => "null-session",
            Self::Guest => "guest",
            Self::UnauthorizedAccount => "unauthorized-account",
            Self::AuthorizedAccount => "authorized-account",
            Self::PopImapClient => "pop-imap-client",
            Self::MapiClient => "mapi-client",
        }
    }

    /// Its name in a sentence: `the null session`.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Anonymous => "an anonymous client",
            Self::WrongPassword => "a client with a wrong password",
            Self::NullSession => "the null session",
            Self::Guest => "the guest",
            Self::UnauthorizedAccount => "the unauthorized account",
            Self::AuthorizedAccount => "the authorized account",
            Self::PopImapClient => "a POP3 or IMAP4 client",
            Self::MapiClient => "a MAPI client",
        }
    }

    /// Whether the role must be refused what an anonymous client is refused: all but the authorized account and the two
    /// submitters of the record.
    pub const fn is_unauthorized(self) -> bool {
        matches!(
            self,
            Self::Anonymous | Self::WrongPassword | Self::NullSession | Self::Guest | Self::UnauthorizedAccount
        )
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

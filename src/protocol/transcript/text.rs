//! A transcript for people: `C: ` and `S: ` lines.

use super::Transcript;

impl std::fmt::Display for Transcript {
    /// A line an entry: `C: MAIL FROM:<a@b.example>`, `S: 250 OK`, `C: (NTLM message 3, 88 octets)`, `-- the server closed
    /// the connection`; a line from a chosen fact ends in ` ·chosen`. Octets that are no printable ASCII are escaped as `\xNN`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let _ = f;
        todo!()
    }
}

//! What the three messages share: signature, type, and fields that are a length and an offset into the message.

use std::fmt;
use std::ops::Range;

use super::text::CharacterSet;

/// What every message begins with (MS-NLMP 2.2.1).
const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

/// A field that lies in the payload, by its name in MS-NLMP 2.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Message 2's target name.
    TargetName,
    /// Message 2's target information.
    TargetInfo,
    /// Message 3's LM response.
    LmChallengeResponse,
    /// Message 3's NT response.
    NtChallengeResponse,
    /// The client's domain.
    Domain,
    /// The user name.
    UserName,
    /// The client's name.
    Workstation,
    /// Message 3's session key.
    EncryptedRandomSessionKey,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TargetName => "TargetName",
            Self::TargetInfo => "TargetInfo",
            Self::LmChallengeResponse => "LmChallengeResponse",
            Self::NtChallengeResponse => "NtChallengeResponse",
            Self::Domain => "DomainName",
            Self::UserName => "UserName",
            Self::Workstation => "Workstation",
            Self::EncryptedRandomSessionKey => "EncryptedRandomSessionKey",
        })
    }
}

/// Why octets are no NTLM message. Offsets are from the message's beginning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It does not begin with `NTLMSSP` and NUL.
    #[error("no NTLMSSP signature")]
    Signature,
    /// It is another message.
    #[error("message {found} where message {expected} belongs")]
    Type {
        /// The type asked for.
        expected: u32,
        /// The type found.
        found: u32,
    },
    /// The fixed part is not whole.
    #[error("{length} octets, where the fixed part has {needed}")]
    Truncated {
        /// How long the message is.
        length: usize,
        /// How long its fixed part is at least.
        needed: usize,
    },
    /// A field points into the fixed part or beyond the end.
    #[error("{field} at octets {at:?} lies outside the payload at {payload:?}")]
    OutOfRange {
        /// Which.
        field: Field,
        /// Where it says it is.
        at: Range<u64>,
        /// Where the payload is.
        payload: Range<u64>,
    },
    /// Two fields claim the same octets.
    #[error("{one} and {other} overlap at octet {at}")]
    Overlap {
        /// The one read first.
        one: Field,
        /// The one read later.
        other: Field,
        /// The first octet that both claim.
        at: usize,
    },
    /// Neither UNICODE nor OEM is set, which is an invalid message (MS-NLMP 2.2.2.5).
    #[error("flags 0x{flags:08x} choose no character set")]
    CharacterSet {
        /// The flags.
        flags: u32,
    },
    /// A name is no UTF-16LE, though the flags say so.
    #[error("{field} is no UTF-16: {octets:02x?}")]
    Text {
        /// Which.
        field: Field,
        /// Its octets.
        octets: Vec<u8>,
    },
}

/// Reads a message's fields and remembers where they lay.
pub(super) struct Reader<'message> {
    message: &'message [u8],
    fixed: usize,
    taken: Vec<(Field, Range<usize>)>,
}

impl<'message> Reader<'message> {
    /// Checks signature, type and the length of the fixed part.
    pub(super) fn new(message: &'message [u8], message_type: u32, fixed: usize) -> Result<Self, MessageError> {
        let reader = Self { message, fixed, taken: Vec::new() };
        if !message.starts_with(SIGNATURE) {
            return Err(MessageError::Signature);
        }
        let found = reader.integer(8)?;
        if found != message_type {
            return Err(MessageError::Type { expected: message_type, found });
        }
        if message.len() < fixed {
            return Err(reader.truncated());
        }
        Ok(reader)
    }

    /// Some octets of the fixed part.
    pub(super) fn octets<const LENGTH: usize>(&self, at: usize) -> Result<[u8; LENGTH], MessageError> {
        self.message.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or_else(|| self.truncated())
    }

    /// Four octets of the fixed part as a number.
    pub(super) fn integer(&self, at: usize) -> Result<u32, MessageError> {
        self.octets(at).map(u32::from_le_bytes)
    }

    /// What the length and offset at `at` point to. The offset of nothing means nothing and is not looked at.
    pub(super) fn field(&mut self, at: usize, field: Field) -> Result<&'message [u8], MessageError> {
        let length = u64::from(u16::from_le_bytes(self.octets(at)?));
        if length == 0 {
            return Ok(&[]);
        }
        let start = u64::from(self.integer(at + 4)?);
        let out_of_range = || MessageError::OutOfRange {
            field,
            at: start..start + length,
            payload: self.fixed as u64..self.message.len() as u64,
        };
        let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(start + length)) else {
            return Err(out_of_range());
        };
        let octets = self.message.get(start..end).filter(|_| start >= self.fixed).ok_or_else(out_of_range)?;
        for (one, claimed) in &self.taken {
            if start < claimed.end && claimed.start < end {
                return Err(MessageError::Overlap { one: *one, other: field, at: start.max(claimed.start) });
            }
        }
        self.taken.push((field, start..end));
        Ok(octets)
    }

    /// A field that is a string.
    pub(super) fn text(&mut self, at: usize, field: Field, set: CharacterSet) -> Result<String, MessageError> {
        let octets = self.field(at, field)?;
        set.decode(octets).ok_or_else(|| MessageError::Text { field, octets: octets.to_vec() })
    }

    /// Octets that some messages have between the fixed part all have and the payload. `None` where a field read so
    /// far, or the message's end, comes first.
    pub(super) fn behind<const LENGTH: usize>(&self, at: usize) -> Option<[u8; LENGTH]> {
        let payload = self.taken.iter().map(|(_, claimed)| claimed.start).min().unwrap_or(self.message.len());
        self.message.get(at..payload)?.first_chunk().copied()
    }

    fn truncated(&self) -> MessageError {
        MessageError::Truncated { length: self.message.len(), needed: self.fixed }
    }
}

/// Writes a message whose payload follows its fixed part without gaps.
pub(super) struct Writer {
    message: Vec<u8>,
}

impl Writer {
    /// Begins a message with a fixed part of zeros.
    pub(super) fn new(message_type: u32, fixed: usize) -> Self {
        let mut writer = Self { message: vec![0; fixed] };
        writer.octets(0, SIGNATURE);
        writer.octets(8, &message_type.to_le_bytes());
        writer
    }

    /// Puts octets into the fixed part.
    pub(super) fn octets(&mut self, at: usize, octets: &[u8]) {
        for (to, from) in self.message.iter_mut().skip(at).zip(octets) {
            *to = *from;
        }
    }

    /// Appends a field to the payload, and its length (twice) and offset to the fixed part. What a length of 16 bits
    /// cannot say is cut off.
    pub(super) fn field(&mut self, at: usize, octets: &[u8]) {
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX - 1);
        let offset = u32::try_from(self.message.len()).unwrap_or(u32::MAX);
        self.octets(at, &length.to_le_bytes());
        self.octets(at + 2, &length.to_le_bytes());
        self.octets(at + 4, &offset.to_le_bytes());
        self.message.extend(octets.iter().take(length.into()));
    }

    /// The message.
    pub(super) fn finish(self) -> Vec<u8> {
        self.message
    }
}

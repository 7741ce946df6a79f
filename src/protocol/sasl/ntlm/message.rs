//! The three messages (MS-NLMP 2.2.1): written one way, read by offsets only, wherever the payload lies.

use super::flags;
use super::payload::{Reader, Writer};
use super::text::CharacterSet;
use crate::protocol::secret::Secret;

pub use super::payload::{Field, MessageError};

/// The Version field (2.2.2.10): for debugging only, so its octets are kept and not read.
pub type Version = [u8; 8];

/// Message 1, NEGOTIATE_MESSAGE (2.2.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiate {
    /// What the client offers.
    pub flags: u32,
    /// The client's domain, written if [`flags::OEM_DOMAIN_SUPPLIED`] is set; always in the 8-bit set.
    pub domain: String,
    /// The client's name, written if [`flags::OEM_WORKSTATION_SUPPLIED`] is set; always in the 8-bit set.
    pub workstation: String,
    /// The Version field, where the fixed part has one.
    pub version: Option<Version>,
}

impl Negotiate {
    const TYPE: u32 = 1;
    const FIXED: usize = 32;

    /// A message of flags alone.
    pub fn of_flags(flags: u32) -> Self {
        Self { flags, domain: String::new(), workstation: String::new(), version: None }
    }

    /// The message on the wire, before base64.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(Self::TYPE, Self::FIXED + self.version.map_or(0, |version| version.len()));
        let names =
            [(flags::OEM_DOMAIN_SUPPLIED, &self.domain, 16), (flags::OEM_WORKSTATION_SUPPLIED, &self.workstation, 24)];
        writer.octets(12, &self.flags.to_le_bytes());
        for (supplied, name, at) in names {
            if self.flags & supplied != 0 {
                writer.field(at, &CharacterSet::Oem.encode(name));
            }
        }
        if let Some(version) = &self.version {
            writer.octets(Self::FIXED, version);
        }
        writer.finish()
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it is no message 1, breaks off, points outside itself or twice at the same octets, or offers no character
    /// set.
    pub fn decode(message: &[u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(message, Self::TYPE, Self::FIXED)?;
        let flags = reader.integer(12)?;
        let mut name = |supplied: u32, at: usize, field: Field| {
            if flags & supplied == 0 {
                return Ok(String::new());
            }
            reader.text(at, field, CharacterSet::Oem)
        };
        let domain = name(flags::OEM_DOMAIN_SUPPLIED, 16, Field::Domain)?;
        let workstation = name(flags::OEM_WORKSTATION_SUPPLIED, 24, Field::Workstation)?;
        CharacterSet::chosen_by(flags).ok_or(MessageError::CharacterSet { flags })?;
        Ok(Self { flags, domain, workstation, version: reader.behind(Self::FIXED) })
    }
}

/// Message 2, CHALLENGE_MESSAGE (2.2.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// What the server chose.
    pub flags: u32,
    /// The target's name, written if [`flags::REQUEST_TARGET`] is set, in the character set chosen.
    pub target_name: String,
    /// The server's challenge.
    pub server_challenge: [u8; 8],
    /// Target information as on the wire, written if [`flags::TARGET_INFO`] is set.
    pub target_information: Vec<u8>,
    /// The Version field, where the fixed part has one (Windows NT and Windows 2000 have none: note 9). Zeros unless
    /// [`flags::VERSION`] is set.
    pub version: Option<Version>,
}

impl Challenge {
    const TYPE: u32 = 2;
    const FIXED: usize = 48;

    /// The message on the wire, before base64.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(Self::TYPE, Self::FIXED + self.version.map_or(0, |version| version.len()));
        let set = CharacterSet::chosen_by(self.flags).unwrap_or(CharacterSet::Oem);
        let when = |flag: u32, octets: Vec<u8>| if self.flags & flag == 0 { Vec::new() } else { octets };
        writer.field(12, &when(flags::REQUEST_TARGET, set.encode(&self.target_name)));
        writer.octets(20, &self.flags.to_le_bytes());
        writer.octets(24, &self.server_challenge);
        writer.field(40, &when(flags::TARGET_INFO, self.target_information.clone()));
        if let Some(version) = &self.version {
            writer.octets(Self::FIXED, version);
        }
        writer.finish()
    }

    /// Reads one. The Reserved field is not looked at.
    ///
    /// # Errors
    /// When it is no message 2, breaks off, points outside itself or twice at the same octets, or chose no character
    /// set.
    pub fn decode(message: &[u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(message, Self::TYPE, Self::FIXED)?;
        let flags = reader.integer(20)?;
        let set = CharacterSet::chosen_by(flags).ok_or(MessageError::CharacterSet { flags })?;
        let target_name =
            if flags & flags::REQUEST_TARGET == 0 { String::new() } else { reader.text(12, Field::TargetName, set)? };
        let target_information =
            if flags & flags::TARGET_INFO == 0 { Vec::new() } else { reader.field(40, Field::TargetInfo)?.to_vec() };
        let server_challenge = reader.octets(24)?;
        Ok(Self { flags, target_name, server_challenge, target_information, version: reader.behind(Self::FIXED) })
    }
}

/// How far message 3's fixed part goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixedPart {
    /// To the flags: 64 octets, as Windows NT and Windows 2000 have it.
    ToFlags,
    /// To the Version field: 72 octets.
    ToVersion(Version),
    /// To the message integrity code: 88 octets.
    ToIntegrityCode(Version, [u8; 16]),
}

/// Message 3, AUTHENTICATE_MESSAGE (2.2.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticate {
    /// What was negotiated.
    pub flags: u32,
    /// LmChallengeResponse.
    pub lm_response: Secret,
    /// NtChallengeResponse.
    pub nt_response: Secret,
    /// The domain that has the account.
    pub domain: String,
    /// The user name.
    pub user: String,
    /// The client's name.
    pub workstation: String,
    /// EncryptedRandomSessionKey.
    pub session_key: Secret,
    /// How far the fixed part goes.
    pub fixed_part: FixedPart,
}

impl Authenticate {
    const TYPE: u32 = 3;
    const FIXED: usize = 64;
    const INTEGRITY_CODE: usize = 72;

    /// The message on the wire, before base64. The payload is in the order of MS-NLMP 4.2.
    pub fn encode(&self) -> Vec<u8> {
        let fixed = match self.fixed_part {
            FixedPart::ToFlags => 64,
            FixedPart::ToVersion(_) => 72,
            FixedPart::ToIntegrityCode(..) => 88,
        };
        let mut writer = Writer::new(Self::TYPE, fixed);
        let set = CharacterSet::chosen_by(self.flags).unwrap_or(CharacterSet::Oem);
        writer.field(28, &set.encode(&self.domain));
        writer.field(36, &set.encode(&self.user));
        writer.field(44, &set.encode(&self.workstation));
        writer.field(12, self.lm_response.expose());
        writer.field(20, self.nt_response.expose());
        writer.field(52, self.session_key.expose());
        writer.octets(60, &self.flags.to_le_bytes());
        match &self.fixed_part {
            FixedPart::ToFlags => {}
            FixedPart::ToVersion(version) => writer.octets(Self::FIXED, version),
            FixedPart::ToIntegrityCode(version, code) => {
                writer.octets(Self::FIXED, version);
                writer.octets(Self::INTEGRITY_CODE, code);
            }
        }
        writer.finish()
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it is no message 3, breaks off, points outside itself or twice at the same octets, says no character set,
    /// or has a name that is not of it.
    pub fn decode(message: &[u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(message, Self::TYPE, Self::FIXED)?;
        let flags = reader.integer(60)?;
        let set = CharacterSet::chosen_by(flags).ok_or(MessageError::CharacterSet { flags })?;
        let lm_response = Secret::new(reader.field(12, Field::LmChallengeResponse)?);
        let nt_response = Secret::new(reader.field(20, Field::NtChallengeResponse)?);
        let domain = reader.text(28, Field::Domain, set)?;
        let user = reader.text(36, Field::UserName, set)?;
        let workstation = reader.text(44, Field::Workstation, set)?;
        let session_key = Secret::new(reader.field(52, Field::EncryptedRandomSessionKey)?);
        let fixed_part = match (reader.behind(Self::FIXED), reader.behind(Self::INTEGRITY_CODE)) {
            (Some(version), Some(code)) => FixedPart::ToIntegrityCode(version, code),
            (Some(version), None) => FixedPart::ToVersion(version),
            (None, _) => FixedPart::ToFlags,
        };
        Ok(Self { flags, lm_response, nt_response, domain, user, workstation, session_key, fixed_part })
    }
}

#[cfg(test)]
mod tests;

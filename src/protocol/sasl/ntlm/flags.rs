//! The negotiate flags (MS-NLMP 2.2.2.5) and how a server answers a client's.

use super::ChallengeStyle;

/// NTLMSSP_NEGOTIATE_UNICODE: strings are UTF-16LE.
pub const UNICODE: u32 = 0x0000_0001;
/// NTLM_NEGOTIATE_OEM: strings are in the machine's 8-bit character set.
pub const OEM: u32 = 0x0000_0002;
/// NTLMSSP_REQUEST_TARGET: message 2 is to name its target.
pub const REQUEST_TARGET: u32 = 0x0000_0004;
/// NTLMSSP_NEGOTIATE_SIGN.
pub const SIGN: u32 = 0x0000_0010;
/// NTLMSSP_NEGOTIATE_SEAL.
pub const SEAL: u32 = 0x0000_0020;
/// NTLMSSP_NEGOTIATE_DATAGRAM.
pub const DATAGRAM: u32 = 0x0000_0040;
/// NTLMSSP_NEGOTIATE_LM_KEY.
pub const LM_KEY: u32 = 0x0000_0080;
/// NTLMSSP_NEGOTIATE_NTLM.
pub const NTLM: u32 = 0x0000_0200;
/// NTLMSSP_NEGOTIATE_ANONYMOUS. Windows clients set it for a null session; Windows servers do not look at it (note 28).
pub const ANONYMOUS: u32 = 0x0000_0800;
/// NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED: message 1 names a domain.
pub const OEM_DOMAIN_SUPPLIED: u32 = 0x0000_1000;
/// NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED: message 1 names a workstation.
pub const OEM_WORKSTATION_SUPPLIED: u32 = 0x0000_2000;
/// NTLMSSP_NEGOTIATE_ALWAYS_SIGN.
pub const ALWAYS_SIGN: u32 = 0x0000_8000;
/// NTLMSSP_TARGET_TYPE_DOMAIN: the target's name is a domain's.
pub const TARGET_TYPE_DOMAIN: u32 = 0x0001_0000;
/// NTLMSSP_TARGET_TYPE_SERVER: the target's name is a server's.
pub const TARGET_TYPE_SERVER: u32 = 0x0002_0000;
/// NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY.
pub const EXTENDED_SESSIONSECURITY: u32 = 0x0008_0000;
/// NTLMSSP_NEGOTIATE_IDENTIFY.
pub const IDENTIFY: u32 = 0x0010_0000;
/// NTLMSSP_REQUEST_NON_NT_SESSION_KEY.
pub const REQUEST_NON_NT_SESSION_KEY: u32 = 0x0040_0000;
/// NTLMSSP_NEGOTIATE_TARGET_INFO: message 2 holds target information.
pub const TARGET_INFO: u32 = 0x0080_0000;
/// NTLMSSP_NEGOTIATE_VERSION: the Version field is populated.
pub const VERSION: u32 = 0x0200_0000;
/// NTLMSSP_NEGOTIATE_128.
pub const KEY_128: u32 = 0x2000_0000;
/// NTLMSSP_NEGOTIATE_KEY_EXCH.
pub const KEY_EXCH: u32 = 0x4000_0000;
/// NTLMSSP_NEGOTIATE_56.
pub const KEY_56: u32 = 0x8000_0000;

/// What a client asks for with a password: no more than any server since Windows NT 4.0 SP4 knows, both character sets,
/// no signing and no sealing, since SMTP has neither.
pub const CLIENT: u32 = UNICODE | OEM | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED_SESSIONSECURITY;

/// What the public probe for the null session asks for in its message 1: 0x80008207.
pub const PROBE_NEGOTIATE: u32 = UNICODE | OEM | REQUEST_TARGET | NTLM | ALWAYS_SIGN | KEY_56;

/// What the public probe says in its message 3: 0x00008205, without [`ANONYMOUS`].
pub const PROBE_AUTHENTICATE: u32 = UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN;

/// What a client may choose and a server repeats.
const REPEATED: u32 = SIGN | SEAL | IDENTIFY | REQUEST_NON_NT_SESSION_KEY | KEY_EXCH;

/// Message 2's flags for those of message 1 (MS-NLMP 3.2.5.1.1, and 2.2.2.5 bit by bit):
///
/// - one character set: UNICODE where the client offers it, else OEM;
/// - REQUEST_TARGET, NTLM and ALWAYS_SIGN always, and the type of target that the style names;
/// - EXTENDED_SESSIONSECURITY if asked for; LM_KEY if asked for and the former is not;
/// - 56 and 128 if asked for together with SIGN or SEAL;
/// - TARGET_INFO if the style sends it and the client asks for EXTENDED_SESSIONSECURITY or REQUEST_TARGET (note 64);
/// - VERSION if the style has the field and the client asks for it;
/// - the other choices repeated; what only describes message 1 (domain and workstation supplied) and ANONYMOUS dropped.
///
/// The rule gives 0x400182b5 for 0x400092b7 as Exchange 5.5 did (Q262945), and 0xe28a8235 for 0xe20882b7 as MS-SMTPNTLM
/// 4.1 shows.
pub(super) fn answer(asked: u32, style: &ChallengeStyle) -> u32 {
    let wants = |flag: u32| asked & flag != 0;
    let when = |condition: bool, flag: u32| if condition { flag } else { 0 };
    let extended = wants(EXTENDED_SESSIONSECURITY);
    let keys = when(wants(SIGN | SEAL), KEY_56 | KEY_128);
    REQUEST_TARGET
        | NTLM
        | ALWAYS_SIGN
        | if wants(UNICODE) { UNICODE } else { OEM }
        | if style.target_is_domain { TARGET_TYPE_DOMAIN } else { TARGET_TYPE_SERVER }
        | if extended { EXTENDED_SESSIONSECURITY } else { asked & LM_KEY }
        | asked & (REPEATED | keys)
        | when(style.target_information && (extended || wants(REQUEST_TARGET)), TARGET_INFO)
        | when(style.version, asked & VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    // Q262945: Exchange 5.5 answering a period client.
    #[case(0x4000_92b7, true, false, false, 0x4001_82b5)]
    // MS-SMTPNTLM 4.1.
    #[case(0xe208_82b7, false, true, true, 0xe28a_8235)]
    // The public probe; 56 without SIGN or SEAL "is ignored" (MS-NLMP 2.2.2.5, bit W).
    #[case(0x8000_8207, true, false, false, 0x0001_8205)]
    // No UNICODE offered: OEM (bits A and B).
    #[case(0x0008_8206, true, false, false, 0x0009_8206)]
    // Note 64: neither asked for, so no target information; 3.2.5.1.1 names the target all the same.
    #[case(0x0000_8203, false, true, false, 0x0002_8205)]
    // Note 31: no Version unless the server knows it.
    #[case(0x0200_8205, false, true, false, 0x0082_8205)]
    // Bit J is no choice of the server's.
    #[case(0x0000_8a05, true, false, false, 0x0001_8205)]
    fn answers(
        #[case] asked: u32,
        #[case] target_is_domain: bool,
        #[case] target_information: bool,
        #[case] version: bool,
        #[case] answered: u32,
    ) {
        let style = ChallengeStyle { target_name: String::new(), target_is_domain, target_information, version };
        assert_eq!(answer(asked, &style), answered);
    }

    #[test]
    fn named_sets_are_those_seen_on_the_wire() {
        assert_eq!(PROBE_NEGOTIATE, 0x8000_8207);
        assert_eq!(PROBE_AUTHENTICATE, 0x0000_8205);
        assert_eq!(CLIENT, 0x0008_8207);
    }
}

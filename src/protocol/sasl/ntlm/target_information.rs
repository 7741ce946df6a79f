//! Target information: a list of AV pairs (MS-NLMP 2.2.2.1).

use super::text::utf_16;

/// MsvAvEOL: the end of the list.
pub const END: u16 = 0x0000;
/// MsvAvNbComputerName: the server's NetBIOS name.
pub const NETBIOS_COMPUTER_NAME: u16 = 0x0001;
/// MsvAvNbDomainName: the domain's NetBIOS name.
pub const NETBIOS_DOMAIN_NAME: u16 = 0x0002;
/// MsvAvDnsComputerName: the server's host name.
pub const DNS_COMPUTER_NAME: u16 = 0x0003;
/// MsvAvDnsDomainName: the domain's DNS name.
pub const DNS_DOMAIN_NAME: u16 = 0x0004;
/// MsvAvTimestamp: the server's time, as a FILETIME.
pub const TIMESTAMP: u16 = 0x0007;

/// One AV pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvPair {
    /// AvId; never [`END`].
    pub id: u16,
    /// The value's octets; names are in UTF-16LE whatever the messages' character set is. 65535 at most.
    pub value: Vec<u8>,
}

/// A list that breaks off or does not end in MsvAvEOL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("target information breaks off in the AV pair at octet {offset}")]
pub struct TargetInformationError {
    /// Where the pair that is not whole begins.
    pub offset: usize,
}

/// The AV pairs of a server. MsvAvEOL is not among them; it is written and read on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetInformation {
    /// The pairs, in order.
    pub pairs: Vec<AvPair>,
}

impl TargetInformation {
    /// The names of a server in the order that Windows sends them (MS-SMTPNTLM 4.1): the domain's and the computer's by
    /// NetBIOS, then both by DNS. A server in no domain is its own domain.
    pub(super) fn of_server(target_name: &str, target_is_domain: bool, host: &str) -> Self {
        let (label, parent) = host.split_once('.').unwrap_or((host, host));
        let computer = if target_is_domain { netbios_name(label) } else { target_name.to_owned() };
        let dns_domain = if target_is_domain { parent } else { host };
        let names = [
            (NETBIOS_DOMAIN_NAME, target_name),
            (NETBIOS_COMPUTER_NAME, &computer),
            (DNS_DOMAIN_NAME, dns_domain),
            (DNS_COMPUTER_NAME, host),
        ];
        Self { pairs: names.into_iter().map(|(id, name)| AvPair { id, value: utf_16(name) }).collect() }
    }

    /// The octets, MsvAvEOL at their end.
    pub fn encode(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        for pair in &self.pairs {
            let length = u16::try_from(pair.value.len()).unwrap_or(u16::MAX);
            octets.extend_from_slice(&pair.id.to_le_bytes());
            octets.extend_from_slice(&length.to_le_bytes());
            octets.extend(pair.value.iter().take(length.into()));
        }
        octets.extend_from_slice(&[0; 4]);
        octets
    }

    /// The pairs up to MsvAvEOL. What stands behind it is padding (clients send some).
    ///
    /// # Errors
    /// When the list breaks off before MsvAvEOL.
    pub fn decode(octets: &[u8]) -> Result<Self, TargetInformationError> {
        let mut pairs = Vec::new();
        let mut rest = octets;
        loop {
            let error = TargetInformationError { offset: octets.len() - rest.len() };
            let (id, after) = rest.split_first_chunk().ok_or(error)?;
            let (length, after) = after.split_first_chunk().ok_or(error)?;
            let id = u16::from_le_bytes(*id);
            if id == END {
                return Ok(Self { pairs });
            }
            let (value, after) = after.split_at_checked(u16::from_le_bytes(*length).into()).ok_or(error)?;
            pairs.push(AvPair { id, value: value.to_vec() });
            rest = after;
        }
    }

    /// The server's time, where it sent one of eight octets.
    pub fn timestamp(&self) -> Option<[u8; 8]> {
        let pair = self.pairs.iter().find(|pair| pair.id == TIMESTAMP)?;
        pair.value.as_slice().try_into().ok()
    }
}

/// A computer's NetBIOS name as Windows makes it from a host name: upper case, 15 characters at most.
fn netbios_name(label: &str) -> String {
    label.to_ascii_uppercase().chars().take(15).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// MS-NLMP 4.2.4.3, message 2 from octet 0x44 on.
    const EXAMPLE: &[u8] = b"\x02\0\x0c\0D\0o\0m\0a\0i\0n\0\x01\0\x0c\0S\0e\0r\0v\0e\0r\0\0\0\0\0";

    #[test]
    fn reads_and_writes_the_example() {
        let information = TargetInformation::decode(EXAMPLE).unwrap();
        let names = [(NETBIOS_DOMAIN_NAME, "Domain"), (NETBIOS_COMPUTER_NAME, "Server")];
        let pairs = names.map(|(id, name)| AvPair { id, value: utf_16(name) }).to_vec();
        assert_eq!(information, TargetInformation { pairs });
        assert_eq!(information.encode(), EXAMPLE);
        assert_eq!(information.timestamp(), None);
    }

    #[test]
    fn names_a_member_of_a_domain() {
        let information = TargetInformation::of_server("EXAMPLE", true, "mail.corp.example.com");
        let names = ["EXAMPLE", "MAIL", "corp.example.com", "mail.corp.example.com"];
        assert_eq!(information.pairs.iter().map(|pair| pair.value.clone()).collect::<Vec<_>>(), names.map(utf_16));
    }

    #[rstest]
    #[case(b"", 0)]
    #[case(b"\x02\0\x0c", 0)]
    #[case(b"\x02\0\x02\0D\0", 6)]
    #[case(b"\x02\0\x04\0D\0", 0)]
    #[case(b"\x02\0\x02\0D\0\0\0", 6)]
    fn a_list_must_end(#[case] octets: &[u8], #[case] offset: usize) {
        assert_eq!(TargetInformation::decode(octets), Err(TargetInformationError { offset }));
    }

    #[test]
    fn finds_the_time_stamp() {
        let octets = b"\x07\0\x08\0\x01\x02\x03\x04\x05\x06\x07\x08\0\0\0\0";
        assert_eq!(TargetInformation::decode(octets).unwrap().timestamp(), Some([1, 2, 3, 4, 5, 6, 7, 8]));
        let odd = b"\x07\0\x02\0\x01\x02\0\0\0\0";
        assert_eq!(TargetInformation::decode(odd).unwrap().timestamp(), None);
    }

    proptest! {
        #[test]
        fn any_octets_are_read_or_refused(octets: Vec<u8>) {
            if let Ok(information) = TargetInformation::decode(&octets) {
                prop_assert!(octets.starts_with(&information.encode()[..information.encode().len() - 4]));
            }
        }
    }
}

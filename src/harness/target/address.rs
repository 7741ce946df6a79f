//! `host:port`.

use std::net::IpAddr;

/// A host and a port as the file names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostAndPort {
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
}

impl HostAndPort {
    pub(super) fn read(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let port: u16 = port.parse().ok().filter(|port| *port != 0)?;
        let host = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').filter(|host| matches!(host.parse(), Ok(IpAddr::V6(_))))?,
            None => host,
        };
        let is_name = |host: &str| {
            !host.is_empty()
                && host.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_'))
        };
        let is_written_well =
            host.parse::<IpAddr>().map_or_else(|_| is_name(host), |address| address.is_ipv4() || text.starts_with('['));
        is_written_well.then(|| Self { host: host.to_owned(), port })
    }

    /// Its address, where it is one.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Whether it can only be this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost") || self.ip().is_some_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("127.0.0.1:25", Some(("127.0.0.1", 25, true)))]
    #[case("127.9.9.9:2525", Some(("127.9.9.9", 2525, true)))]
    #[case("[::1]:25", Some(("::1", 25, true)))]
    #[case("localhost:25", Some(("localhost", 25, true)))]
    #[case("192.0.2.1:25", Some(("192.0.2.1", 25, false)))]
    #[case("mail.lab.test:587", Some(("mail.lab.test", 587, false)))]
    #[case::looks_like_loopback("127.0.0.1.lab.test:25", Some(("127.0.0.1.lab.test", 25, false)))]
    #[case::no_port("127.0.0.1", None)]
    #[case::port_zero("127.0.0.1:0", None)]
    #[case::port_too_large("127.0.0.1:65536", None)]
    #[case::no_host(":25", None)]
    #[case::without_brackets("::1:25", None)]
    #[case::brackets_round_a_name("[localhost]:25", None)]
    #[case::half_a_bracket("[::1:25", None)]
    #[case::line_feed("a\nb:25", None)]
    #[case::empty("", None)]
    fn a_host_and_a_port(#[case] text: &str, #[case] expected: Option<(&str, u16, bool)>) {
        let read = HostAndPort::read(text);
        let read = read.as_ref().map(|read| (read.host.as_str(), read.port, read.is_loopback()));
        assert_eq!(read, expected);
    }
}

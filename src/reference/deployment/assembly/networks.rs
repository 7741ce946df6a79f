//! Addresses and networks as people write them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::diagnostic::Diagnostic;
use crate::reference::deployment::settings::Network;
use crate::reference::yaml::{Placed, Source};

pub(super) fn networks(source: &Source, list: &[Placed<String>], wrong: &mut Vec<Diagnostic>) -> Vec<Network> {
    list.iter().filter_map(|text| network(source, text, wrong)).collect()
}

fn network(source: &Source, text: &Placed<String>, wrong: &mut Vec<Diagnostic>) -> Option<Network> {
    let Some(network) = parse(&text.value) else {
        wrong.push(
            source
                .error_at(text, format!("`{}` is no network", text.value))
                .remedy("write `192.0.2.0/24`, `192.0.2.0;255.255.255.0` or one address"),
        );
        return None;
    };
    if network.contains(network.net) {
        return Some(network);
    }
    wrong.push(
        source
            .error_at(text, format!("no address is ever in `{}`", text.value))
            .note("an address is in it when (address AND mask) = network, and this network has bits outside its mask")
            .remedy("clear the bits outside the mask"),
    );
    None
}

fn parse(text: &str) -> Option<Network> {
    if let Some((net, mask)) = text.split_once(';') {
        let (net, mask) = (net.trim().parse().ok()?, mask.trim().parse().ok()?);
        return match (net, mask) {
            (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)) => Some(Network { net, mask }),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => None,
        };
    }
    let (net, length) = match text.split_once('/') {
        Some((net, length)) => (net.trim().parse().ok()?, Some(length.trim().parse::<u32>().ok()?)),
        None => (text.trim().parse().ok()?, None),
    };
    let (net, length) = unmapped(net, length);
    Some(Network { net, mask: mask(net, length)? })
}

/// An IPv4-mapped network (RFC 4291 2.5.5.2) as the IPv4 network it is.
fn unmapped(net: IpAddr, length: Option<u32>) -> (IpAddr, Option<u32>) {
    let of_ipv4 = length.map_or(Some(None), |length| length.checked_sub(u128::BITS - u32::BITS).map(Some));
    match (net, net.to_canonical(), of_ipv4) {
        (IpAddr::V6(_), canonical @ IpAddr::V4(_), Some(of_ipv4)) => (canonical, of_ipv4),
        _ => (net, length),
    }
}

/// The mask of so many leading ones, all of them where no length is given.
fn mask(net: IpAddr, length: Option<u32>) -> Option<IpAddr> {
    match net {
        IpAddr::V4(_) => {
            let zeros = u32::BITS.checked_sub(length.unwrap_or(u32::BITS))?;
            Some(IpAddr::V4(Ipv4Addr::from_bits(u32::MAX.checked_shl(zeros).unwrap_or(0))))
        }
        IpAddr::V6(_) => {
            let zeros = u128::BITS.checked_sub(length.unwrap_or(u128::BITS))?;
            Some(IpAddr::V6(Ipv6Addr::from_bits(u128::MAX.checked_shl(zeros).unwrap_or(0))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    // RFC 4632 3.1 for prefixes; KB:Q193922 for `net;mask` and the default mask 255.255.255.255.
    #[rstest]
    #[case::prefix("192.0.2.0/24", "192.0.2.255", true)]
    #[case::prefix_outside("192.0.2.0/24", "192.0.3.0", false)]
    #[case::everything("0.0.0.0/0", "203.0.113.9", true)]
    #[case::one("192.0.2.7", "192.0.2.7", true)]
    #[case::not_that_one("192.0.2.7", "192.0.2.8", false)]
    #[case::registry("10.1.0.0;255.255.0.0", "10.1.2.3", true)]
    #[case::registry_outside("10.1.0.0;255.255.0.0", "10.2.0.0", false)]
    #[case::mapped("192.0.2.0/24", "::ffff:192.0.2.7", true)]
    #[case::mapped_outside("192.0.2.0/24", "::ffff:192.0.3.7", false)]
    #[case::mapped_is_of_the_other_family("::/0", "::ffff:192.0.2.7", false)]
    #[case::named_as_mapped("::ffff:192.0.2.7", "192.0.2.7", true)]
    #[case::named_as_mapped_with_length("::ffff:192.0.2.0/120", "192.0.2.255", true)]
    #[case::named_as_mapped_with_length_outside("::ffff:192.0.2.0/120", "192.0.3.0", false)]
    #[case::version_6("2001:db8::/32", "2001:db8:1::1", true)]
    #[case::all_of_6("::/0", "2001:db8::1", true)]
    #[case::other_family("::/0", "192.0.2.1", false)]
    fn contains(#[case] text: &str, #[case] address: &str, #[case] expected: bool) {
        assert_eq!(parse(text).unwrap().contains(address.parse().unwrap()), expected);
    }

    #[rstest]
    #[case::word("everyone")]
    #[case::too_long("192.0.2.0/33")]
    #[case::too_long_6("::/129")]
    #[case::mixed("192.0.2.0;ffff::")]
    #[case::empty("")]
    fn is_refused(#[case] text: &str) {
        assert_eq!(parse(text), None);
    }
}
